using System.Text.Json.Nodes;
using Distillation.Keras.Files.Legacy;
using Distillation.Keras.Models;
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
    /// <param name="outputs">The outputs of the model.</param>
    /// <exception cref="NotSupportedException">It has something that tf.keras 2 does not have.</exception>
    public static JsonObject Training(JsonObject compile, Optimizer optimizer, IReadOnlyList<ModelPort> outputs)
    {
        var objectives = new TfKerasObjectives(compile["loss"], outputs);
        var made = new JsonObject
        {
            ["loss"] = objectives.Losses(),
            ["metrics"] = objectives.Metrics(compile["metrics"], areWeighted: false),
            ["weighted_metrics"] = objectives.Metrics(compile["weighted_metrics"], areWeighted: true),
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
            if (innerClass is "Lion" or "Adafactor")
            {
                // Only by its registered name, under which nothing is looked for there.
                throw TfKerasObjects.Missing("LossScaleOptimizer around a", innerClass);
            }

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
}
