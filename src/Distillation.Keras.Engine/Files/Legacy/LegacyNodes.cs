using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Files.Legacy;

/// <summary>
/// The uses of layers as Keras 1 and 2 write them, <c>[["dense", 0, 0, {}]]</c>, in the form of Keras 3.
/// </summary>
/// <remarks>Source: <c>serialize</c> in <c>tf_keras/src/engine/node.py</c>.</remarks>
internal static class LegacyNodes
{
    /// <summary>
    /// What is taken off the number of a use, by the layer's name. A Sequential that was made before it was used in the model has been used
    /// once already, when it was made, and Keras counts on from there.
    /// </summary>
    public static Dictionary<string, int> UsesOf(IEnumerable<JsonObject> layers, JsonObject model)
    {
        var largest = new Dictionary<string, int>(StringComparer.Ordinal);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (JsonObject layer in layers)
        {
            string name = LegacyConfig.Text(layer["name"]) ?? LegacyConfig.Text((layer["config"] as JsonObject)?["name"]) ?? string.Empty;
            counts[name] = Math.Max(1, (layer["inbound_nodes"] as JsonArray)?.Count ?? 0);
            Note(layer["inbound_nodes"]);
        }

        Note(model["input_layers"]);
        Note(model["output_layers"]);
        return largest.ToDictionary(l => l.Key, l => Math.Max(0, l.Value + 1 - counts.GetValueOrDefault(l.Key, l.Value + 1)));

        void Note(JsonNode? node)
        {
            switch (node)
            {
                case JsonArray reference when IsReference(reference):
                    string name = reference[0]!.GetValue<string>();
                    largest[name] = Math.Max(largest.GetValueOrDefault(name), Number(reference[1]));
                    Note(reference.Count > 3 ? reference[3] : null);
                    break;
                case JsonArray several:
                    foreach (JsonNode? one in several)
                    {
                        Note(one);
                    }

                    break;
                case JsonObject named:
                    foreach ((string _, JsonNode? one) in named)
                    {
                        Note(one);
                    }

                    break;
            }
        }
    }

    /// <summary>The uses of a layer.</summary>
    public static JsonArray Nodes(JsonNode? nodes, IReadOnlyDictionary<string, int> uses) =>
        nodes switch
        {
            JsonArray all => new JsonArray([.. all.Select(n => (JsonNode)One(n, uses))]),
            _ => [],
        };

    /// <summary>The inputs or outputs of a model: one, a list, or by name.</summary>
    public static JsonNode? Ends(JsonNode? ends, IReadOnlyDictionary<string, int> uses) =>
        ends switch
        {
            JsonArray one when IsReference(one) => History(one, uses),
            JsonArray { Count: 1 } one when one[0] is JsonArray only && IsReference(only) => History(only, uses),
            JsonArray several => new JsonArray([.. several.Select(e => Ends(e, uses))]),
            JsonObject named => new JsonObject(named.Select(e => KeyValuePair.Create(e.Key, Ends(e.Value, uses)))),
            _ => ends?.DeepClone(),
        };

    private static JsonObject One(JsonNode? node, IReadOnlyDictionary<string, int> uses)
    {
        // Keras 2.13 and later may write one without a list around it, and all have models that take tensors by name.
        JsonObject? named = node as JsonObject;
        JsonArray references = node switch
        {
            JsonArray one when IsReference(one) => [one.DeepClone()],
            JsonArray list when AreReferences(list) => list,
            JsonObject byName when AreReferences(byName.Select(p => p.Value)) => [.. byName.Select(p => p.Value!.DeepClone())],
            _ => throw new NotSupportedException(
                $"The uses of a layer are not in the form of Keras 1 or 2, but {KerasSerializer.Shorten(node)}."
            ),
        };
        JsonNode[] tensors = [.. references.Select(r => (JsonNode)Tensor((JsonArray)r!, uses))];
        var arguments = new JsonObject();
        foreach (JsonObject given in references.Select(r => (((JsonArray)r!).Count > 3 ? r[3] : null) as JsonObject).OfType<JsonObject>())
        {
            foreach ((string key, JsonNode? value) in given)
            {
                arguments[key] = value is JsonArray tensor && IsReference(tensor) ? Tensor(tensor, uses) : value?.DeepClone();
            }
        }

        return new JsonObject
        {
            ["args"] =
                named is not null ? new JsonArray(new JsonObject(named.Select((p, i) => KeyValuePair.Create(p.Key, (JsonNode?)tensors[i]))))
                : tensors.Length == 1 ? new JsonArray(tensors)
                : new JsonArray(new JsonArray(tensors)),
            ["kwargs"] = arguments,
        };
    }

    internal static JsonObject Tensor(JsonArray reference, IReadOnlyDictionary<string, int> uses) =>
        new()
        {
            ["class_name"] = "__keras_tensor__",
            ["config"] = new JsonObject { ["keras_history"] = History(reference, uses) },
        };

    private static JsonArray History(JsonArray reference, IReadOnlyDictionary<string, int> uses)
    {
        string name = reference[0]!.GetValue<string>();
        return [name, Number(reference[1]) - uses.GetValueOrDefault(name), Number(reference[2])];
    }

    private static bool AreReferences(IEnumerable<JsonNode?> nodes) => nodes.All(r => r is JsonArray reference && IsReference(reference));

    internal static bool IsReference(JsonArray node) =>
        node.Count is 3 or 4 && LegacyConfig.Text(node[0]) is not null && node[1] is JsonValue && node[2] is JsonValue;

    private static int Number(JsonNode? node) => (int)ConfigReader.Convert(node, typeof(int), "The uses of a layer")!;
}
