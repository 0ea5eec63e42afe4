using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Distillation.Keras.Files.Legacy;
using Distillation.Keras.Layers;

namespace Distillation.Keras.Files.TfKeras;

/// <summary>Rewrites the configuration of a model from the form of Keras 3 into that of tf.keras 2.15.</summary>
/// <remarks>
/// Source: <c>get_network_config</c> in <c>tf_keras/src/engine/functional.py</c>, <c>get_config</c> of <c>sequential.py</c>.
/// </remarks>
internal static partial class TfKerasConfig
{
    private const string LayerList = "layers";
    private const string ActivityRegularizer = "activity_regularizer";

    /// <summary>The <c>model_config</c> of a serialised model.</summary>
    /// <exception cref="NotSupportedException">It has something that tf.keras 2 does not have.</exception>
    public static JsonObject Model(JsonObject model) => Layer(model);

    private static JsonObject Layer(JsonObject node)
    {
        string className = LegacyConfig.Text(node["class_name"])!;
        var config = (JsonObject)node["config"]!;
        if (OperationTable.IsModule(LegacyConfig.Text(node["module"])))
        {
            throw TfKerasObjects.Missing("operation", className);
        }

        RefuseName(className, LegacyConfig.Text(config["name"]));
        JsonObject made = className switch
        {
            "Functional" => Functional(config),
            "Sequential" => Sequential(config),
            "InputLayer" => Input(config),
            _ => Other(node, className, config),
        };
        return new JsonObject { ["class_name"] = TfKerasObjects.ClassOf(node), ["config"] = made };
    }

    private static JsonObject Other(JsonObject node, string className, JsonObject config)
    {
        if (TfKerasObjects.IsOfKeras(node) && !TfKerasNames.Layers.Contains(className))
        {
            throw TfKerasObjects.Missing("layer", className);
        }

        JsonObject made = TfKerasObjects.Config(className, config, Part);
        if (className == "Bidirectional" && !IsTurned(config))
        {
            made["backward_layer"] = Part((JsonObject)config["backward_layer"]!);
        }

        if (className is "Dense" or "Embedding" && !made.ContainsKey(ActivityRegularizer))
        {
            made[ActivityRegularizer] = null;
        }

        if (className == "MultiHeadAttention" && node["build_config"]?["shapes_dict"] is JsonObject shapes)
        {
            foreach (string key in (string[])["query_shape", "key_shape", "value_shape"])
            {
                made[key] = (shapes[key] ?? shapes["value_shape"])?.DeepClone();
            }
        }

        return made;
    }

    // tf.keras has the second layer only where it is another one than the first, turned round.
    private static bool IsTurned(JsonObject both)
    {
        var first = (JsonObject)both["layer"]!["config"]!.DeepClone();
        var second = (JsonObject)both["backward_layer"]!["config"]!.DeepClone();
        string?[] names = [LegacyConfig.Text(first["name"]), LegacyConfig.Text(second["name"])];
        first["go_backwards"] = true;
        first["name"] = second["name"]?.DeepClone();
        return names is [string forward, string backward]
            && forward.Replace("forward_", "backward_", StringComparison.Ordinal) == backward
            && JsonNode.DeepEquals(first, second);
    }

    // What a configuration has in it: a layer in a wrapper, an initializer, a penalty, ...
    private static JsonNode? Part(JsonObject node) =>
        LegacyConfig.Text(node["module"]) is "keras.layers" or "keras.src.models.functional"
        || LegacyConfig.Text(node["class_name"]) == "Sequential"
            ? Layer(node)
            : TfKerasObjects.Object(node);

    private static JsonObject Sequential(JsonObject config)
    {
        var layers = (JsonArray)config[LayerList]!;
        JsonObject made = new()
        {
            ["name"] = config["name"]?.DeepClone(),
            [LayerList] = new JsonArray([.. layers.Select(l => Layer((JsonObject)l!))]),
        };
        if (config["trainable"] is JsonValue trainable && !trainable.GetValue<bool>())
        {
            Freeze(made);
        }

        bool hasInput = layers.Count > 0 && LegacyConfig.Text(layers[0]!["class_name"]) == "InputLayer";
        if (!hasInput && config["build_input_shape"] is JsonNode shape)
        {
            made["build_input_shape"] = shape.DeepClone();
        }

        return made;
    }

    // A Sequential does not say there whether it is trained; its layers do.
    private static void Freeze(JsonObject model)
    {
        foreach (JsonNode? layer in (JsonArray)model[LayerList]!)
        {
            var config = (JsonObject)layer!["config"]!;
            if (config.ContainsKey("trainable"))
            {
                config["trainable"] = false;
            }

            if (config[LayerList] is JsonArray)
            {
                Freeze(config);
            }
        }
    }

    private static JsonObject Input(JsonObject config)
    {
        if (config["optional"]?.GetValue<bool>() is true)
        {
            throw TfKerasObjects.Unlike("InputLayer", "optional", config["optional"]);
        }

        return new JsonObject
        {
            ["batch_input_shape"] = config["batch_shape"]?.DeepClone(),
            ["dtype"] = LegacyLayers.TypeName(config["dtype"]),
            ["sparse"] = config["sparse"]?.DeepClone() ?? false,
            ["ragged"] = config["ragged"]?.DeepClone() ?? false,
            ["name"] = config["name"]?.DeepClone(),
        };
    }

    private static JsonObject Functional(JsonObject config)
    {
        JsonObject[] layers = [.. ((JsonArray)config[LayerList]!).Select(l => (JsonObject)l!)];
        var nodes = new TfKerasNodes(layers);
        return new JsonObject
        {
            ["name"] = config["name"]?.DeepClone(),
            ["trainable"] = config["trainable"]?.DeepClone(),
            [LayerList] = new JsonArray([
                .. layers.Select(l =>
                {
                    JsonObject layer = Layer(l);
                    layer["name"] = l["name"]?.DeepClone();
                    layer["inbound_nodes"] = nodes.Inbound(l);
                    return (JsonNode)layer;
                }),
            ]),
            ["input_layers"] = nodes.Ends(config["input_layers"]),
            ["output_layers"] = nodes.Ends(config["output_layers"]),
        };
    }

    // TensorFlow makes scopes of them.
    private static void RefuseName(string className, string? name)
    {
        if (name is not null && !Scope().IsMatch(name))
        {
            throw new NotSupportedException(
                $"tf.keras 2 takes names of letters from A to Z, digits, '_', '-', '.' and '>' that do not begin with one of "
                    + $"the signs other than '.', but a {className} is called '{name}'. Give it another name, or save the model without "
                    + "format: \"tf_keras\"."
            );
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Scope();
}
