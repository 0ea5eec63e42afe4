using System.Text.Json.Nodes;
using Distillation.Keras.Files.Legacy;
using Distillation.Keras.Layers;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Files.TfKeras;

/// <summary>
/// The uses of the layers of a model as tf.keras 2 writes them, <c>[["dense", 0, 0, {}]]</c>. A model that is used as a layer was used
/// once already, when it was made, so that its uses there are counted from one.
/// </summary>
/// <param name="layers">The layers, in the form of Keras 3.</param>
/// <remarks>Source: <c>serialize</c> in <c>tf_keras/src/engine/node.py</c>.</remarks>
internal sealed class TfKerasNodes(IEnumerable<JsonObject> layers)
{
    private static readonly string[] Attended = ["query", "value", "key"];

    private readonly HashSet<string> _models = [.. layers.Where(IsMadeByUse).Select(l => LegacyConfig.Text(l["name"])!)];

    // In Keras 3's form these are counted from one where inputs and outputs are noted, too.
    private readonly HashSet<string> _functional =
    [
        .. layers.Where(l => LegacyConfig.Text(l["class_name"]) == "Functional").Select(l => LegacyConfig.Text(l["name"])!),
    ];

    /// <summary>The uses of a layer.</summary>
    public JsonArray Inbound(JsonObject layer) =>
        layer["inbound_nodes"] is JsonArray nodes ? new JsonArray([.. nodes.Select(n => Node(layer, (JsonObject)n!))]) : [];

    /// <summary>The inputs or outputs of a model, which are in a list also where there is one.</summary>
    public JsonNode? Ends(JsonNode? ends) =>
        ends switch
        {
            JsonArray one when LegacyConfig.Text(one[0]) is not null => new JsonArray(End(one)),
            _ => Structure(ends),
        };

    private JsonNode? Structure(JsonNode? ends) =>
        ends switch
        {
            JsonArray one when one.Count > 0 && LegacyConfig.Text(one[0]) is not null => End(one),
            JsonArray several => new JsonArray([.. several.Select(Structure)]),
            JsonObject named => new JsonObject(named.Select(e => KeyValuePair.Create(e.Key, Structure(e.Value)))),
            _ => ends?.DeepClone(),
        };

    private JsonArray End(JsonArray end) =>
        _functional.Contains(LegacyConfig.Text(end[0])!) ? [.. end.Select(e => e?.DeepClone())] : Counted(end);

    private static bool IsMadeByUse(JsonObject layer) =>
        LegacyConfig.Text(layer["class_name"]) is "Functional" or "Sequential"
        && layer["config"]!["layers"] is JsonArray { Count: > 0 } inner
        && LegacyConfig.Text(inner[0]!["class_name"]) == "InputLayer";

    private JsonNode Node(JsonObject layer, JsonObject node)
    {
        var named = new JsonObject();
        node = WithFirstInOrder(layer, node);
        bool isRecurrent = LegacyConfig.Text(layer["class_name"]) is "RNN" or "SimpleRNN" or "LSTM" or "GRU" or "Bidirectional";
        JsonNode? states = null;
        foreach ((string key, JsonNode? value) in node["kwargs"] as JsonObject ?? [])
        {
            if (isRecurrent && key == RNN.InitialState)
            {
                states = value;
            }
            else if (value is not null && !(isRecurrent && key == "training" && !value.GetValue<bool>()))
            {
                named[key] = History(value) is JsonArray history ? Counted(history) : value.DeepClone();
            }
        }

        if (node["args"] is not JsonArray { Count: 1 } arguments)
        {
            throw Refusal(layer);
        }

        if (states is not null)
        {
            // The states are further inputs there.
            JsonNode?[] all = [arguments[0], .. states is JsonArray several ? several.SelectMany(Flat) : [states]];
            return new JsonArray([.. all.Select(t => Tensor(History(t) ?? throw Refusal(layer), named))]);
        }

        return arguments[0] switch
        {
            JsonObject tensor when History(tensor) is JsonArray history => new JsonArray(Tensor(history, named)),
            JsonArray several => new JsonArray([.. several.Select(t => Tensor(History(t) ?? throw Refusal(layer), named))]),
            JsonObject byName => new JsonObject(
                byName.Select(t => KeyValuePair.Create(t.Key, (JsonNode?)Tensor(History(t.Value) ?? throw Refusal(layer), named)))
            ),
            _ => throw Refusal(layer),
        };
    }

    private static IEnumerable<JsonNode?> Flat(JsonNode? states) => states is JsonArray inner ? inner : [states];

    // The first input stands in order there, and the others by name.
    private static JsonObject WithFirstInOrder(JsonObject layer, JsonObject node)
    {
        if (LegacyConfig.Text(layer["class_name"]) != "MultiHeadAttention" || node["args"] is not JsonArray given)
        {
            return node;
        }

        var named = (JsonObject)(node["kwargs"] ?? new JsonObject()).DeepClone();
        for (int i = 0; i < given.Count && i < Attended.Length; i++)
        {
            named[Attended[i]] = given[i]?.DeepClone();
        }

        JsonNode? first = named[Attended[0]]?.DeepClone();
        named.Remove(Attended[0]);
        return new JsonObject { ["args"] = new JsonArray(first), ["kwargs"] = named };
    }

    private JsonArray Tensor(JsonArray history, JsonObject named)
    {
        JsonArray tensor = Counted(history);
        tensor.Add(named.DeepClone());
        return tensor;
    }

    private JsonArray Counted(JsonArray history)
    {
        string name = LegacyConfig.Text(history[0])!;
        return [name, history[1]!.GetValue<int>() + (_models.Contains(name) ? 1 : 0), history[2]!.GetValue<int>()];
    }

    private static JsonArray? History(JsonNode? node) =>
        node is JsonObject o && ConfigReader.IsClass(o, "__keras_tensor__") ? o["config"]!["keras_history"] as JsonArray : null;

    private static NotSupportedException Refusal(JsonObject layer) =>
        new(
            $"tf.keras 2 calls a layer on a tensor, a list of tensors, or tensors by name, and gives the rest by name, but "
                + $"'{LegacyConfig.Text(layer["name"])}' is called in another way."
        );
}
