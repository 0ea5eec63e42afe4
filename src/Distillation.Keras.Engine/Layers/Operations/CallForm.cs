using System.Globalization;
using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Layers;

/// <summary>
/// How an operation is called: <c>args</c> and <c>kwargs</c> of Keras' JSON, with constants as they stand there, and with a number in place
/// of each tensor of the graph.
/// </summary>
/// <remarks>Immutable. Source: <c>serialize_node</c> in <c>keras/src/models/functional.py</c>.</remarks>
internal sealed class CallForm
{
    private const string Place = "__place__";

    private readonly JsonArray _args;
    private readonly JsonObject _kwargs;

    /// <summary>A form of arguments in which <see cref="PlaceOf"/> stands for tensors.</summary>
    /// <exception cref="ArgumentException">An argument is not of Keras' JSON.</exception>
    public CallForm(JsonArray args, JsonObject kwargs)
    {
        _args = args;
        _kwargs = kwargs;
        Positional = [.. args.Select(Decode)];
        Named = kwargs.ToDictionary(a => a.Key, a => Decode(a.Value), StringComparer.Ordinal);
    }

    /// <summary>The arguments in order.</summary>
    public IReadOnlyList<object?> Positional { get; }

    /// <summary>The arguments by name.</summary>
    public IReadOnlyDictionary<string, object?> Named { get; }

    /// <summary>What stands for the tensor of a number.</summary>
    public static JsonObject PlaceOf(int index) => new() { ["class_name"] = Place, ["config"] = index };

    /// <summary>
    /// The numbers of the tensors in the order in which Keras flattens arguments: those in order, then those by name, sorted.
    /// </summary>
    public IEnumerable<int> Places => PlacesIn(_args).Concat(PlacesIn(_kwargs));

    /// <summary>Keras' JSON.</summary>
    /// <param name="tensor">The JSON of the tensor of a number.</param>
    public JsonObject Write(Func<int, JsonNode> tensor)
    {
        return new JsonObject { ["args"] = Filled(_args), ["kwargs"] = Filled(_kwargs) };

        JsonNode? Filled(JsonNode? node) =>
            node switch
            {
                JsonObject o when ConfigReader.IsClass(o, Place) => tensor(o["config"]!.GetValue<int>()),
                JsonObject o => new JsonObject(o.Select(p => KeyValuePair.Create(p.Key, Filled(p.Value)))),
                JsonArray list => new JsonArray([.. list.Select(Filled)]),
                _ => node?.DeepClone(),
            };
    }

    private static IEnumerable<int> PlacesIn(JsonNode? node) =>
        node switch
        {
            JsonObject o when ConfigReader.IsClass(o, Place) => [o["config"]!.GetValue<int>()],
            JsonObject o => o.OrderBy(p => p.Key, StringComparer.Ordinal).SelectMany(p => PlacesIn(p.Value)),
            JsonArray list => list.SelectMany(PlacesIn),
            _ => [],
        };

    /// <summary>A value of Keras' JSON: a number, a text, a list, a slice, a constant tensor, ...</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static object? Decode(JsonNode? node) =>
        node switch
        {
            null => null,
            JsonArray list => list.Select(Decode).ToArray(),
            JsonValue value => Simple(value),
            JsonObject o when ConfigReader.IsClass(o, Place) => new Placed(o["config"]!.GetValue<int>()),
            JsonObject o when ConfigReader.IsClass(o, "__ellipsis__") => Ellipsis.All,
            JsonObject o when ConfigReader.IsClass(o, "__slice__") && o["config"] is JsonObject c => new Slice(
                Decode(c["start"]),
                Decode(c["stop"]),
                Decode(c["step"])
            ),
            JsonObject o when ConfigReader.IsClass(o, "__tensor__") || ConfigReader.IsClass(o, "__numpy__") => ConstantArray.Read(o),
            JsonObject o when ConfigReader.IsClass(o, "__tuple__") && o["config"] is JsonObject { } t => Decode(t["value"]),
            _ => throw new ArgumentException(
                $"An operation takes tensors, numbers, texts, lists and slices, but the configuration has {KerasSerializer.Shorten(node)}."
            ),
        };

    // By its text: 2.0 is none of Python's integers.
    private static object Simple(JsonValue value)
    {
        string json = value.ToJsonString();
        return value.GetValueKind() switch
        {
            System.Text.Json.JsonValueKind.True => true,
            System.Text.Json.JsonValueKind.False => false,
            System.Text.Json.JsonValueKind.String => value.GetValue<string>(),
            _ when long.TryParse(json, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) => whole,
            _ => double.Parse(json, NumberStyles.Float, CultureInfo.InvariantCulture),
        };
    }

    /// <summary>A tensor of the graph.</summary>
    internal sealed record Placed(int Index);

    /// <summary>Python's <c>...</c> in an index.</summary>
    internal sealed record Ellipsis
    {
        public static Ellipsis All { get; } = new();
    }

    /// <summary>Python's <c>start:stop:step</c>: whole numbers, tensors, or null.</summary>
    internal sealed record Slice(object? Start, object? Stop, object? Step);
}
