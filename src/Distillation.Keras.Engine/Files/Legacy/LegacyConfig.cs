using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Files.Legacy;

/// <summary>
/// Rewrites the configuration of a model that Keras 1 or 2 wrote into the form of Keras 3. What it does not know it leaves as it is, so
/// that the reader of configurations refuses it by name.
/// </summary>
/// <remarks>
/// Source: <c>get_config</c> and <c>from_config</c> of <c>keras/engine</c> in Keras 1.2, 2.2 and 2.4 and of <c>tf_keras/src/engine</c>.
/// </remarks>
internal static class LegacyConfig
{
    private const string Layers = "layers";

    private static readonly string[] OfKeras1 = ["W_regularizer", "border_mode", "dim_ordering", "nb_filter", "input_dtype"];

    /// <summary>Whether a configuration has the form of Keras 1 or 2.</summary>
    /// <param name="model">The model, with its class name.</param>
    /// <param name="version">The version that wrote it, where the file says it.</param>
    public static bool Is(JsonObject model, string? version) =>
        version is [>= '0' and <= '9', '.', ..] ? version[0] < '3' : model["config"] is JsonArray || HasOldNodes(model["config"]);

    /// <summary>Whether layers have arguments of names that Keras 1 alone had.</summary>
    public static bool IsOfKeras1(JsonNode? node) =>
        node switch
        {
            JsonObject o => o.Any(p => OfKeras1.Contains(p.Key) || IsOfKeras1(p.Value)),
            JsonArray all => all.Any(IsOfKeras1),
            _ => false,
        };

    /// <summary>The model in the form of Keras 3.</summary>
    public static JsonObject Model(JsonObject node) => Layer(LegacyNames.WithoutSlashes(node));

    /// <summary>A layer in the form of Keras 3, or a model.</summary>
    internal static JsonObject Layer(JsonObject node)
    {
        string className = LegacyLayers.ClassName(Text(node["class_name"]) ?? string.Empty);
        return className switch
        {
            "Sequential" => Sequential(node),
            "Functional" => Functional(node),
            _ => LegacyLayers.Convert(node),
        };
    }

    private static bool HasOldNodes(JsonNode? config) =>
        (config as JsonObject)?[Layers] is JsonArray layers
        && layers.Any(l =>
            l is JsonObject o
            && (
                (o["config"] as JsonObject)?.ContainsKey("batch_input_shape") is true
                || (o["inbound_nodes"] is JsonArray { Count: > 0 } nodes && nodes[0] is JsonArray)
                || o["config"] is JsonArray
                || HasOldNodes(o["config"])
            )
        );

    private static JsonObject Sequential(JsonObject node)
    {
        // Keras 1 has the list of the layers alone.
        JsonObject config = node["config"] as JsonObject ?? new JsonObject { [Layers] = node["config"]?.DeepClone() };
        if (config[Layers] is not JsonArray old)
        {
            throw new ArgumentException("A Sequential has a list of layers, but its configuration does not.");
        }

        var layers = new JsonArray();
        foreach (JsonObject layer in Objects(old, "a layer of a Sequential"))
        {
            if (layers.Count == 0 && InputOf(layer) is JsonObject input)
            {
                layers.Add(input);
            }

            layers.Add(Layer(layer));
        }

        var made = new JsonObject { [Layers] = layers };
        foreach (string key in (string[])["name", "trainable", "build_input_shape"])
        {
            if (config[key] is JsonNode value)
            {
                made[key] = value.DeepClone();
            }
        }

        if (!made.ContainsKey("name") && node["name"] is JsonNode name)
        {
            made["name"] = name.DeepClone();
        }

        return Of("Sequential", made, node);
    }

    // What Keras 1 and 2 say of the input in the first layer of a Sequential is a layer of its own in Keras 3.
    private static JsonObject? InputOf(JsonObject layer)
    {
        if (layer["config"] is not JsonObject config || config["batch_input_shape"] is not JsonArray shape || IsInput(layer))
        {
            return null;
        }

        string type =
            Text(config["input_dtype"]) ?? (Text(layer["class_name"]) == "Embedding" ? "int32" : LegacyLayers.TypeName(config["dtype"]));
        return Of(
            "InputLayer",
            new JsonObject
            {
                ["batch_shape"] = shape.DeepClone(),
                ["dtype"] = type,
                ["name"] = $"{Text(config["name"]) ?? "layer"}_input",
            },
            null
        );
    }

    private static bool IsInput(JsonObject layer) => Text(layer["class_name"]) == "InputLayer";

    private static JsonObject Functional(JsonObject node)
    {
        if (node["config"] is not JsonObject config || config[Layers] is not JsonArray old)
        {
            throw new ArgumentException("A model has a list of layers, but its configuration does not.");
        }

        JsonObject[] layers = [.. Objects(old, "a layer of a model")];
        Dictionary<string, int> uses = LegacyNodes.UsesOf(layers, config);
        var made = new JsonArray();
        foreach (JsonObject layer in layers)
        {
            if (TfOperations.Is(layer))
            {
                made.Add(TfOperations.Convert(layer, uses));
                continue;
            }

            JsonObject converted = Layer(layer);
            string name = Text(layer["name"]) ?? Text((layer["config"] as JsonObject)?["name"]) ?? string.Empty;
            converted["name"] = name;
            converted["inbound_nodes"] = LegacyNodes.Nodes(layer["inbound_nodes"], uses);
            made.Add(converted);
        }

        // Keras 3 counts the use that a functional model is made by, where it notes inputs and outputs.
        foreach (JsonObject model in made.Cast<JsonObject>().Where(l => Text(l["class_name"]) == "Functional"))
        {
            string name = Text(model["name"])!;
            uses[name] = uses.GetValueOrDefault(name) - 1;
        }

        var result = new JsonObject
        {
            ["name"] = config["name"]?.DeepClone(),
            ["trainable"] = config["trainable"]?.DeepClone() ?? true,
            [Layers] = made,
            ["input_layers"] = LegacyNodes.Ends(config["input_layers"], uses),
            ["output_layers"] = LegacyNodes.Ends(config["output_layers"], uses),
        };
        return Of("Functional", result, node);
    }

    /// <summary>An object of a class, with what stands beside the configuration in an old one.</summary>
    internal static JsonObject Of(string className, JsonObject config, JsonObject? old)
    {
        var made = new JsonObject
        {
            ["module"] =
                className == "Functional" ? "keras.src.models.functional"
                : className == "Sequential" ? "keras"
                : "keras.layers",
            ["class_name"] = className,
            ["config"] = config,
            ["registered_name"] = className == "Functional" ? "Functional" : null,
        };
        if (old?["build_config"] is JsonObject build)
        {
            made["build_config"] = build.DeepClone();
        }

        return made;
    }

    internal static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    internal static IEnumerable<JsonObject> Objects(JsonArray nodes, string what) =>
        nodes.Select(n => n as JsonObject ?? throw new ArgumentException($"{what} is an object, but found {KerasSerializer.Shorten(n)}."));
}
