using System.Text.Json.Nodes;
using Distillation.Keras.Files.Legacy;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Files.TfKeras;

/// <summary>Rewrites what a model was compiled with from the form of Keras 3 into that of tf.keras 2.15.</summary>
/// <remarks>
/// Source: <c>compile_args_from_training_config</c> in <c>tf_keras/src/saving/legacy/saving_utils.py</c>, and the constructors it calls.
/// </remarks>
internal static class TfKerasCompile
{
    private const string Scaling = "LossScaleOptimizer";

    /// <summary>The <c>training_config</c> of a <c>compile_config</c>.</summary>
    /// <param name="compile">What Keras 3 writes.</param>
    /// <param name="optimizer">The optimizer, which may scale the loss without the configuration saying so.</param>
    /// <exception cref="NotSupportedException">It has something that tf.keras 2 does not have.</exception>
    public static JsonObject Training(JsonObject compile, Optimizer optimizer)
    {
        var made = new JsonObject
        {
            ["loss"] = Each(compile["loss"], Loss),
            ["metrics"] = Each(compile["metrics"], Metric),
            ["weighted_metrics"] = Each(compile["weighted_metrics"], Metric),
            ["loss_weights"] = compile["loss_weights"]?.DeepClone(),
        };
        var serialized = (JsonObject)KerasSerializer.Serialize(optimizer);
        string className = OptimizerClass(serialized);
        made["optimizer_config"] = new JsonObject
        {
            ["class_name"] = className == Scaling ? "LossScaleOptimizerV3" : $"Custom>{className}",
            ["config"] = OptimizerConfig(className, (JsonObject)serialized["config"]!),
        };
        return made;
    }

    /// <summary>What tf.keras 2 calls an optimizer that has the name of its class in Keras 3.</summary>
    public static string OptimizerName(string className, string name) =>
        string.Equals(name, className, StringComparison.OrdinalIgnoreCase) ? className : name;

    private static string OptimizerClass(JsonObject optimizer)
    {
        string className = LegacyConfig.Text(optimizer["class_name"])!;
        return TfKerasNames.Optimizers.Contains(className) ? className : throw TfKerasObjects.Missing("optimizer", className);
    }

    private static JsonObject OptimizerConfig(string className, JsonObject config)
    {
        if (className == Scaling)
        {
            var inner = (JsonObject)config["inner_optimizer"]!;
            string innerClass = OptimizerClass(inner);
            return new JsonObject
            {
                ["inner_optimizer"] = new JsonObject
                {
                    ["module"] = "keras.optimizers",
                    ["class_name"] = innerClass,
                    ["config"] = OptimizerConfig(innerClass, (JsonObject)inner["config"]!),
                    ["registered_name"] = null,
                },
                ["dynamic"] = true,
                ["initial_scale"] = config["initial_scale"]?.DeepClone(),
                ["dynamic_growth_steps"] = config["dynamic_growth_steps"]?.DeepClone(),
            };
        }

        JsonObject made = TfKerasObjects.Config(className, config, TfKerasObjects.Object);
        made["name"] = OptimizerName(className, LegacyConfig.Text(config["name"])!);
        made["jit_compile"] = false;
        made["is_legacy_optimizer"] = false;
        return made;
    }

    private static JsonNode? Each(JsonNode? node, Func<JsonNode, JsonNode?> convert) =>
        node switch
        {
            null => null,
            JsonArray list => new JsonArray([.. list.Select(n => Each(n, convert))]),
            JsonObject o when !o.ContainsKey("class_name") => new JsonObject(
                o.Select(p => KeyValuePair.Create(p.Key, Each(p.Value, convert)))
            ),
            _ => convert(node),
        };

    private static JsonNode? Loss(JsonNode node)
    {
        JsonNode made = Objective("loss", node);
        if (made is JsonObject o && o["config"] is JsonObject config)
        {
            // A loss has no type of its own there, and an axis only where it had one.
            config.Remove("dtype");
            if (LegacyConfig.Text(o["class_name"]) == "SparseCategoricalCrossentropy")
            {
                Drop(config, "axis", "-1");
            }

            config["reduction"] = LegacyConfig.Text(config["reduction"]) switch
            {
                "sum_over_batch_size" => "auto",
                "sum" => "sum",
                null or "none" => "none",
                _ => throw TfKerasObjects.Unlike("a loss", "reduction", config["reduction"]),
            };
        }

        return made;
    }

    private static JsonNode? Metric(JsonNode node) => Objective("metric", node);

    private static JsonNode Objective(string kind, JsonNode node)
    {
        string name = LegacyConfig.Text(node) ?? LegacyConfig.Text(node["class_name"]) ?? string.Empty;
        if (TfKerasNames.MissingObjectives.Contains(name))
        {
            throw TfKerasObjects.Missing(kind, name);
        }

        return node is JsonObject o
            ? new JsonObject
            {
                ["class_name"] = TfKerasObjects.ClassOf(o),
                ["config"] = o["config"] is JsonObject config ? TfKerasObjects.Config(name, config, TfKerasObjects.Object) : null,
            }
            : node.DeepClone();
    }

    private static void Drop(JsonObject config, string key, string neutral)
    {
        if (config.TryGetPropertyValue(key, out JsonNode? value) && (value?.ToJsonString() ?? "null") != neutral)
        {
            throw TfKerasObjects.Unlike("a loss", key, value);
        }

        config.Remove(key);
    }
}
