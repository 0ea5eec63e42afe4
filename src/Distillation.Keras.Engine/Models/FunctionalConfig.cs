using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Models;

/// <summary>Keras 3's configuration of a functional model: its layers, and for each use of a layer where its inputs come from.</summary>
/// <remarks>Source: <c>keras/src/models/functional.py</c>, <c>get_config</c> and <c>functional_from_config</c>.</remarks>
internal static class FunctionalConfig
{
    private const string Origin = "Functional: a tensor's origin";
    private const int DeepestEnds = 16;

    private static readonly string[] Known = ["name", "trainable", "dtype", "layers", "input_layers", "output_layers"];

    public static JsonObject Write(Model model)
    {
        Graph graph = model.Graph;
        var place = new Dictionary<Node, int>(ReferenceEqualityComparer.Instance);
        foreach (Layer layer in graph.Layers)
        {
            Node[] own = [.. layer.Nodes.Where(graph.Nodes.Contains)];
            for (int i = 0; i < own.Length; i++)
            {
                place[own[i]] = i;
            }
        }

        var layers = new JsonArray();
        foreach (Layer layer in graph.Layers)
        {
            JsonObject entry = KerasSerializer.Serialize(layer);
            entry["name"] = layer.Name;
            entry["inbound_nodes"] = new JsonArray([
                .. layer
                    .Nodes.Where(n => place.ContainsKey(n) && !n.IsInput)
                    .Select(n => (JsonNode)NodeConfig.Write(n, t => WriteEnd(t, place))),
            ]);
            layers.Add(entry);
        }

        return new JsonObject
        {
            ["name"] = model.Name,
            ["trainable"] = model.Trainable,
            ["layers"] = layers,
            ["input_layers"] = WriteEnds(graph.Inputs, place),
            ["output_layers"] = WriteEnds(graph.Outputs, place),
        };
    }

    public static Functional Read(JsonObject config)
    {
        ConfigReader.RefuseUnknownKeys("Functional", config, Known);
        JsonArray entries = config["layers"] as JsonArray ?? throw new ArgumentException("Functional needs the argument 'layers', a list.");
        var layers = new Dictionary<string, Layer>(StringComparer.Ordinal);
        var made = new Dictionary<(string Layer, int Node), IReadOnlyList<KerasTensor>>();
        var waiting = new List<(Layer Layer, int Index, JsonObject Node)>();
        foreach (JsonNode? entry in entries)
        {
            JsonObject o =
                entry as JsonObject
                ?? throw new ArgumentException($"Functional: a layer is an object, but found {KerasSerializer.Shorten(entry)}.");
            Layer layer = OperationConfig.Read(o) ?? KerasSerializer.Deserialize<Layer>(o);
            string name = (string?)ConfigReader.Convert(o["name"], typeof(string), "Functional: the name of a layer") ?? layer.Name;
            if (layer.Name != name)
            {
                // A class of one's own may read its configuration without its name.
                ((INamed)layer).Rename(name);
            }

            if (!layers.TryAdd(name, layer))
            {
                throw new ArgumentException($"Functional: two layers are named '{name}'.");
            }

            if (layer is Input)
            {
                made[(name, 0)] = layer.Nodes[0].Outputs;
            }

            JsonArray nodes =
                o["inbound_nodes"] as JsonArray
                ?? throw new ArgumentException($"Functional: the layer '{name}' has no list 'inbound_nodes'.");
            for (int i = 0; i < nodes.Count; i++)
            {
                waiting.Add(
                    (
                        layer,
                        i,
                        nodes[i] as JsonObject
                            ?? throw new NotSupportedException(
                                $"Functional: the uses of '{name}' are not in Keras 3's form, but {KerasSerializer.Shorten(nodes[i])}."
                            )
                    )
                );
            }
        }

        Connect(waiting, made);
        var model = new Functional(
            ReadEnds(config, "input_layers", layers, made),
            ReadEnds(config, "output_layers", layers, made),
            (string?)ConfigReader.Convert(config["name"], typeof(string), "Functional: the argument 'name'")
        );
        if (ConfigReader.Convert(config["trainable"], typeof(bool?), "Functional: the argument 'trainable'") is false)
        {
            model.SetOwnTrainable(false);
        }

        return model;
    }

    // Layers are listed by depth, but a shared layer's later uses wait until their inputs are there: each for one that is not.
    private static void Connect(
        List<(Layer Layer, int Index, JsonObject Node)> uses,
        Dictionary<(string Layer, int Node), IReadOnlyList<KerasTensor>> made
    )
    {
        var ready = new Queue<(Layer Layer, int Index, JsonObject Node)>(uses);
        var waiting = new Dictionary<(string Layer, int Node), List<(Layer Layer, int Index, JsonObject Node)>>();
        while (ready.TryDequeue(out (Layer Layer, int Index, JsonObject Node) use))
        {
            (string Layer, int Node) own = (use.Layer.Name, use.Index);
            (string Layer, int Node)? missing =
                use.Index > 0 && !made.ContainsKey((own.Layer, use.Index - 1)) ? (own.Layer, use.Index - 1) : null;
            LayerInputs<KerasTensor>? call = missing is null
                ? NodeConfig.Read(
                    use.Layer,
                    use.Node,
                    history =>
                    {
                        KerasTensor? tensor = Find(history, made);
                        missing = tensor is null ? OriginOf(history) : missing;
                        return tensor;
                    }
                )
                : null;
            if (call is null)
            {
                (string Layer, int Node) awaited = missing ?? own;
                if (!waiting.TryGetValue(awaited, out List<(Layer Layer, int Index, JsonObject Node)>? others))
                {
                    waiting[awaited] = others = [];
                }

                others.Add(use);
                continue;
            }

            made[own] = use.Layer.ApplyNode(call).Outputs;
            if (waiting.Remove(own, out List<(Layer Layer, int Index, JsonObject Node)>? woken))
            {
                woken.ForEach(ready.Enqueue);
            }
        }

        if (waiting.Count > 0)
        {
            IEnumerable<string> names = waiting.Values.SelectMany(w => w).Take(10).Select(w => $"'{w.Layer.Name}'");
            throw new ArgumentException(
                $"Functional: the inputs of {string.Join(", ", names)} " + "come from layers or uses that the configuration does not have."
            );
        }
    }

    private static (string Layer, int Node) OriginOf(JsonArray history) =>
        (ConfigReader.Text(history[0], Origin), (int)ConfigReader.Convert(history[1], typeof(int), Origin)!);

    private static KerasTensor? Find(JsonArray history, Dictionary<(string Layer, int Node), IReadOnlyList<KerasTensor>> made)
    {
        int index = (int)ConfigReader.Convert(history[2], typeof(int), Origin)!;
        return made.TryGetValue(OriginOf(history), out IReadOnlyList<KerasTensor>? outputs) && index >= 0 && index < outputs.Count
            ? outputs[index]
            : null;
    }

    private static KerasTensors ReadEnds(
        JsonObject config,
        string key,
        Dictionary<string, Layer> layers,
        Dictionary<(string Layer, int Node), IReadOnlyList<KerasTensor>> made
    )
    {
        JsonNode ends = config[key] is JsonArray or JsonObject
            ? config[key]!
            : throw new ArgumentException($"Functional needs the argument '{key}', a list.");
        var tensors = new List<KerasTensor>();
        JsonNode template = Template(ends, 0);
        string[]? keys = template is JsonObject named && named.All(e => e.Value is JsonValue) ? [.. named.Select(e => e.Key)] : null;
        bool isNested = keys is null && template is not JsonValue && (template is not JsonArray list || list.Any(e => e is not JsonValue));
        return new KerasTensors(tensors, isList: template is not JsonValue, keys) { Template = isNested ? template : null };

        // In the order in which Keras goes through them: by name where they have names.
        JsonNode Template(JsonNode? node, int depth)
        {
            switch (node)
            {
                case JsonArray end when end.Count == 0 || end[0] is JsonValue:
                    tensors.Add(
                        (end.Count == 3 ? Find(WithoutOwnUse(end, layers), made) : null)
                            ?? throw new ArgumentException(
                                $"Functional: '{key}' names {end.ToJsonString()}, which the configuration does not have."
                            )
                    );
                    return JsonValue.Create(tensors.Count - 1);
                case JsonArray several when depth < DeepestEnds:
                    return new JsonArray([.. several.Select(e => Template(e, depth + 1))]);
                case JsonObject byName when depth < DeepestEnds:
                    return new JsonObject(
                        byName
                            .OrderBy(e => e.Key, StringComparer.Ordinal)
                            .Select(e => KeyValuePair.Create(e.Key, (JsonNode?)Template(e.Value, depth + 1)))
                    );
                default:
                    throw new NotSupportedException(
                        $"Functional: '{key}' is tensors, [layer, use, index], in lists or by name, but in it is "
                            + $"{KerasSerializer.Shorten(node)}."
                    );
            }
        }
    }

    private static JsonNode WriteEnds(KerasTensors ends, Dictionary<Node, int> place)
    {
        return ends.Template is { } template ? Filled(template)
            : ends.Keys is { } keys ? new JsonObject(keys.Select((k, i) => KeyValuePair.Create(k, (JsonNode?)End(ends.Items[i]))))
            : ends.IsList ? new JsonArray([.. ends.Items.Select(t => (JsonNode)End(t))])
            : End(ends.Items[0]);

        JsonNode Filled(JsonNode node) =>
            node switch
            {
                JsonObject named => new JsonObject(named.Select(e => KeyValuePair.Create(e.Key, (JsonNode?)Filled(e.Value!)))),
                JsonArray list => new JsonArray([.. list.Select(e => Filled(e!))]),
                _ => End(ends.Items[node.GetValue<int>()]),
            };

        JsonArray End(KerasTensor t) => [t.Name, place[t.Node] + OwnUses(t.Node.Layer), t.Index];
    }

    // What a model made of a graph computes of its own inputs counts as its first use here, but not where layers note their inputs.
    private static int OwnUses(Layer layer) => layer is Model { HasGraph: true } and not Sequential ? 1 : 0;

    private static JsonArray WithoutOwnUse(JsonArray end, Dictionary<string, Layer> layers)
    {
        (string name, int use) = OriginOf(end);
        return layers.TryGetValue(name, out Layer? layer) ? [name, use - OwnUses(layer), end[2]?.DeepClone()] : end;
    }

    private static JsonArray WriteEnd(KerasTensor tensor, Dictionary<Node, int> place) =>
        new(tensor.Name, place[tensor.Node], tensor.Index);
}
