using System.Text.Json.Nodes;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Arguments of operations, as a program gives them, in Keras' JSON.</summary>
internal static class OperationArgument
{
    /// <summary>Python's <c>...</c> in an index.</summary>
    public static JsonObject Ellipsis => new() { ["class_name"] = "__ellipsis__", ["config"] = new JsonObject() };

    /// <summary>An argument.</summary>
    /// <param name="value">A tensor of the model, an input, numbers, a text, a list.</param>
    /// <param name="tensors">Takes in the tensors of the model.</param>
    /// <exception cref="ArgumentException">It is of another type.</exception>
    public static JsonNode? Write(object? value, List<KerasTensor> tensors)
    {
        switch (value)
        {
            case null:
                return null;
            case Operand operand:
                return Write(operand.Value, tensors);
            case KerasTensor tensor:
                tensors.Add(tensor);
                return CallForm.PlaceOf(tensors.Count - 1);
            case Input input:
                return Write(input.Output, tensors);
            case JsonNode node:
                return node.DeepClone();
            case bool flag:
                return JsonValue.Create(flag);
            case int or long:
                return JsonValue.Create(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
            case double number:
                return double.IsFinite(number)
                    ? ConfigWriter.Real(number)
                    : throw new ArgumentException(Invariant($"A number in a model is finite, but got {number}: no file could hold it."));
            case string text:
                return JsonValue.Create(text);
            case Shape shape:
                return new JsonArray([.. shape.Select(s => (JsonNode?)(s is int size ? JsonValue.Create(size) : JsonValue.Create(-1)))]);
            case Axes axes:
                return Axes.OrNull(axes);
            case Tensor constant:
                return ConstantArray.Write(constant);
            case Range range:
                return Slice(Edge(range.Start, isStart: true), Edge(range.End, isStart: false), null);
            case Index index:
                return JsonValue.Create(index.IsFromEnd ? -index.Value : index.Value);
            case System.Collections.IEnumerable list:
                return new JsonArray([.. list.Cast<object?>().Select(v => Write(v, tensors))]);
            default:
                throw new ArgumentException(
                    $"An operation takes tensors, numbers, texts and lists of them, but got a {value.GetType().Name}."
                );
        }
    }

    /// <summary>Python's <c>start:stop:step</c>.</summary>
    public static JsonObject Slice(int? start, int? stop, int? step) =>
        new()
        {
            ["class_name"] = "__slice__",
            ["config"] = new JsonObject
            {
                ["start"] = start,
                ["stop"] = stop,
                ["step"] = step,
            },
        };

    private static int? Edge(Index index, bool isStart) =>
        isStart
            ? (
                index is { IsFromEnd: false, Value: 0 } ? null
                : index.IsFromEnd ? -index.Value
                : index.Value
            )
        : index is { IsFromEnd: true, Value: 0 } ? null
        : index.IsFromEnd ? -index.Value
        : index.Value;
}
