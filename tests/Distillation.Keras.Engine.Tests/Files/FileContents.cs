using System.Text.Json.Nodes;
using Distillation.Keras.Files;
using Distillation.Keras.Files.Hdf5;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Files;

/// <summary>What is in a model file, in a form in which two can be compared.</summary>
internal static class FileContents
{
    /// <summary>What a file holds, a line for each group, attribute and array, with the bytes of the arrays.</summary>
    /// <param name="root">The file.</param>
    /// <param name="without">Which groups are left out by their paths, and attributes by their names.</param>
    public static IEnumerable<string> Lines(Hdf5Group root, Predicate<string>? without = null)
    {
        var lines = new List<string>();
        Visit(root);
        return lines.Order(StringComparer.Ordinal);

        void Visit(Hdf5Object stored)
        {
            if (without?.Invoke(stored.Path) is true)
            {
                return;
            }

            foreach ((string name, Hdf5Attribute attribute) in stored.Attributes.Where(a => without?.Invoke(a.Key) is not true))
            {
                bool isText = attribute.Type.Kind is Hdf5Kind.Text or Hdf5Kind.FixedText;
                string value =
                    !isText ? $"{attribute.Type} {attribute.Shape?.Length}"
                    : attribute.IsList ? string.Join("|", attribute.List)
                    : attribute.Text.StartsWith('{') ? Plain(JsonNode.Parse(attribute.Text)!)
                    : attribute.Text;
                lines.Add($"{stored.Path} @{name} {attribute.Type.Kind} {value}");
            }

            if (stored is Hdf5Dataset dataset)
            {
                lines.Add($"{stored.Path} {dataset.Type} {Hdf5Shape.Text(dataset.Shape)} {Convert.ToHexString(Bytes(dataset))}");
                return;
            }

            lines.Add($"{stored.Path} group");
            foreach (Hdf5Object child in ((Hdf5Group)stored).Children.Values)
            {
                Visit(child);
            }
        }
    }

    /// <summary>The values of a dataset, whatever their type.</summary>
    public static byte[] Bytes(Hdf5Dataset dataset)
    {
        using Tensor bytes = empty((long)dataset.Bytes, ScalarType.Byte);
        dataset.Read(new TensorBytes(bytes));
        return bytes.numel() == 0 ? [] : bytes.bytes.ToArray();
    }

    /// <summary>A configuration, sorted, and with numbers that are equal alike.</summary>
    /// <param name="node">The configuration.</param>
    /// <param name="without">Which keys are left out.</param>
    /// <param name="asFloat">Whether numbers are compared as float32, as which Keras 2 keeps some.</param>
    public static string Plain(JsonNode? node, IReadOnlyCollection<string>? without = null, bool asFloat = false)
    {
        return Sorted(node)?.ToJsonString() ?? "null";

        JsonNode? Sorted(JsonNode? node) =>
            node switch
            {
                JsonObject o => new JsonObject(
                    o.Where(p => without?.Contains(p.Key) is not true)
                        .OrderBy(p => p.Key, StringComparer.Ordinal)
                        .Select(p => KeyValuePair.Create(p.Key, Sorted(p.Value)))
                ),
                JsonArray a => new JsonArray([.. a.Select(Sorted)]),
                JsonValue v when v.TryGetValue(out double number) => JsonValue.Create(asFloat ? (double)(float)number : number),
                _ => node?.DeepClone(),
            };
    }
}
