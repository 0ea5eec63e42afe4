using System.Text.Json.Nodes;
using Distillation.Keras.Metrics;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Files.Legacy;

/// <summary>Rewrites what a model was compiled with from the form of an <c>.h5</c>, or of Keras 1 and 2, into that of Keras 3.</summary>
internal static class LegacyCompile
{
    // How Keras 2 computed is nothing that is needed.
    private static readonly string[] DroppedOfOptimizers = ["jit_compile", "is_legacy_optimizer"];

    /// <summary>The <c>compile_config</c> of a <c>training_config</c> or of a <c>compile_config</c> of Keras 2.</summary>
    /// <param name="old">What the file has.</param>
    /// <param name="outputs">The names of the model's outputs, which Keras 2 puts before the names of metrics.</param>
    public static JsonObject Convert(JsonObject old, IReadOnlyList<string> outputs)
    {
        var made = new JsonObject
        {
            ["optimizer"] = Optimizer(old["optimizer_config"] ?? old["optimizer"]),
            ["loss"] = Each(old["loss"], Loss),
            ["loss_weights"] = old["loss_weights"]?.DeepClone(),
            ["metrics"] = Metrics(old["metrics"], outputs),
            ["weighted_metrics"] = Metrics(old["weighted_metrics"], outputs),
        };
        foreach (string key in (string[])["steps_per_execution", "run_eagerly", "jit_compile"])
        {
            if (old[key] is JsonNode value)
            {
                made[key] = value.DeepClone();
            }
        }

        return made;
    }

    private static JsonNode? Optimizer(JsonNode? node)
    {
        if (node is not JsonObject o || o["config"] is not JsonObject old)
        {
            return node?.DeepClone();
        }

        if (old["inner_optimizer"] is JsonObject scaled && old["dynamic"] is JsonValue dynamic && dynamic.TryGetValue(out bool isDynamic))
        {
            return Scaling(Optimizer(scaled)!, old, isDynamic);
        }

        var config = new JsonObject();
        foreach ((string key, JsonNode? value) in old.Where(p => !DroppedOfOptimizers.Contains(p.Key)))
        {
            config[key == "lr" ? "learning_rate" : key] = value?.DeepClone();
        }

        // Keras 1 and 2 divided the rate by 1 + decay * steps.
        double decay = config["decay"] is JsonValue d && d.TryGetValue(out double number) ? number : 0;
        config.Remove("decay");
        if (decay != 0)
        {
            config["learning_rate"] = new JsonObject
            {
                ["module"] = "keras.optimizers.schedules",
                ["class_name"] = "InverseTimeDecay",
                ["config"] = new JsonObject
                {
                    ["initial_learning_rate"] = config["learning_rate"]?.DeepClone(),
                    ["decay_steps"] = 1,
                    ["decay_rate"] = decay,
                },
            };
        }

        if (config["learning_rate"] is JsonObject schedule && schedule["config"] is JsonObject arguments && arguments["name"] is null)
        {
            arguments.Remove("name");
        }

        string name = LegacyLayers.ClassName(LegacyConfig.Text(o["class_name"]) ?? string.Empty);
        string className =
            KerasClasses.ContainsIdentifier(name, typeof(Optimizers.Optimizer))
            && !KerasClasses.Contains(name, typeof(Optimizers.Optimizer))
                ? Optimizers.Optimizer.Get(name).ClassName
                : name;
        foreach (string key in (string[])["inner_optimizer", "optimizer"])
        {
            if (config[key] is JsonObject inner)
            {
                config[key] = Optimizer(inner);
            }
        }

        return new JsonObject
        {
            ["module"] = "keras.optimizers",
            ["class_name"] = className,
            ["config"] = config,
        };
    }

    // Keras 2's LossScaleOptimizer and LossScaleOptimizerV3. Of a scale that stays, Keras 3 makes an argument of the optimizer itself.
    private static JsonNode Scaling(JsonNode inner, JsonObject old, bool isDynamic)
    {
        if (!isDynamic)
        {
            inner["config"]!["loss_scale_factor"] = old["initial_scale"]?.DeepClone();
            return inner;
        }

        var config = new JsonObject { ["inner_optimizer"] = inner, ["name"] = "loss_scale_optimizer" };
        foreach (string key in (string[])["initial_scale", "dynamic_growth_steps"])
        {
            if (old[key] is JsonNode value)
            {
                config[key] = value.DeepClone();
            }
        }

        return new JsonObject
        {
            ["module"] = "keras.optimizers",
            ["class_name"] = "LossScaleOptimizer",
            ["config"] = config,
        };
    }

    private static JsonNode? Each(JsonNode? node, Func<JsonNode?, JsonNode?> convert) =>
        node switch
        {
            JsonArray list => new JsonArray([.. list.Select(n => Each(n, convert))]),
            JsonObject o when !o.ContainsKey("class_name") => new JsonObject(
                o.Select(p => KeyValuePair.Create(p.Key, Each(p.Value, convert)))
            ),
            _ => convert(node),
        };

    private static JsonNode? Loss(JsonNode? node)
    {
        if (node is not JsonObject o || o["config"] is not JsonObject old)
        {
            return node?.DeepClone();
        }

        JsonObject config = Without(old, "fn");
        if (LegacyConfig.Text(config["reduction"]) == "auto")
        {
            config["reduction"] = "sum_over_batch_size";
        }

        return new JsonObject
        {
            ["module"] = "keras.losses",
            ["class_name"] = o["class_name"]?.DeepClone(),
            ["config"] = config,
        };
    }

    private static JsonNode? Metrics(JsonNode? node, IReadOnlyList<string> outputs) => Each(node, n => Metric(n, outputs));

    private static JsonNode? Metric(JsonNode? node, IReadOnlyList<string> outputs)
    {
        if (node is not JsonObject o || o["config"] is not JsonObject old)
        {
            return node?.DeepClone();
        }

        string? function = LegacyConfig.Text(old["fn"]);
        JsonObject config = Without(old, "fn");
        string? name = LegacyConfig.Text(config["name"]);
        string? output =
            outputs.Count > 1
                ? outputs.OrderByDescending(n => n.Length).FirstOrDefault(n => name?.StartsWith(n + "_", StringComparison.Ordinal) is true)
                : null;
        if (output is not null)
        {
            config["name"] = name![(output.Length + 1)..];
        }

        string className = LegacyLayers.ClassName(LegacyConfig.Text(o["class_name"]) ?? string.Empty);
        if (className == "MeanMetricWrapper" && function is not null)
        {
            if (!KerasClasses.ContainsIdentifier(function, typeof(Metric)))
            {
                throw new NotSupportedException($"There is no metric named '{function}'.");
            }

            className = KerasClasses.FromIdentifier(function, typeof(Metric)).ClassName;
        }

        return new JsonObject
        {
            ["module"] = "keras.metrics",
            ["class_name"] = className,
            ["config"] = config,
        };
    }

    private static JsonObject Without(JsonObject config, string key)
    {
        var copy = (JsonObject)config.DeepClone();
        copy.Remove(key);
        return copy;
    }
}
