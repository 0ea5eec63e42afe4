using System.Text.Json.Nodes;
using Distillation.Keras.Layers;

namespace Distillation.Keras.Files.Legacy;

/// <summary>The form in which Keras 3 writes configurations into an <c>.h5</c>: layers by class name and configuration alone.</summary>
/// <remarks>Source: <c>keras/src/legacy/saving/serialization.py</c> and <c>saving_utils.py</c>.</remarks>
internal static class LegacyForm
{
    private static readonly string[] Beside = ["module", "registered_name", "build_config", "compile_config"];

    /// <summary>The <c>model_config</c> of a serialised model.</summary>
    public static JsonObject Model(JsonObject model)
    {
        var made = new JsonObject();
        foreach ((string key, JsonNode? value) in model.Where(p => !Beside.Contains(p.Key)))
        {
            made[key] = value?.DeepClone();
        }

        Rename(made, nameof(GroupQueryAttention), GroupQueryAttention.ClassInPython);
        if (made["config"] is JsonObject config && config["layers"] is JsonArray layers)
        {
            config["layers"] = new JsonArray([.. layers.Select(l => l is JsonObject layer ? Model(layer) : l?.DeepClone())]);
        }

        return made;
    }

    /// <summary>Gives classes the names by which Keras exports them, where it has others within.</summary>
    /// <param name="model">A <c>model_config</c> of Keras 3, which is changed.</param>
    public static JsonObject Exported(JsonObject model)
    {
        Rename(model, GroupQueryAttention.ClassInPython, nameof(GroupQueryAttention));
        foreach (JsonObject layer in ((model["config"] as JsonObject)?["layers"] as JsonArray ?? []).OfType<JsonObject>())
        {
            Exported(layer);
        }

        return model;
    }

    /// <summary>The <c>training_config</c> of a <c>compile_config</c>.</summary>
    public static JsonObject Training(JsonObject compile)
    {
        var made = new JsonObject();
        foreach ((string key, JsonNode? value) in compile.Where(p => p.Key != "optimizer"))
        {
            made[key] = key is "loss" or "metrics" or "weighted_metrics" ? Bare(value) : value?.DeepClone();
        }

        if (compile["optimizer"] is JsonObject optimizer)
        {
            made["optimizer_config"] = new JsonObject
            {
                ["class_name"] = optimizer["class_name"]?.DeepClone(),
                ["config"] = optimizer["config"]?.DeepClone(),
            };
        }

        return made;
    }

    private static void Rename(JsonObject node, string from, string to)
    {
        if (LegacyConfig.Text(node["class_name"]) == from)
        {
            node["class_name"] = to;
        }
    }

    // Losses and metrics, one or several in lists and by name.
    private static JsonNode? Bare(JsonNode? node) =>
        node switch
        {
            JsonArray all => new JsonArray([.. all.Select(Bare)]),
            JsonObject o when o.ContainsKey("class_name") => Model(o),
            JsonObject named => new JsonObject(named.Select(p => KeyValuePair.Create(p.Key, Bare(p.Value)))),
            _ => node?.DeepClone(),
        };
}
