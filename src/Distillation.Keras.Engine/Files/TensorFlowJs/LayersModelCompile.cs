using System.Text.Json.Nodes;
using Distillation.Keras.Files.Legacy;

namespace Distillation.Keras.Files.TensorFlowJs;

/// <summary>What a model of a <c>model.json</c> was compiled with, in the form of Keras 3.</summary>
/// <remarks>Source: <c>getTrainingConfig</c> in <c>tfjs-layers/src/engine/training.ts</c>, <c>tfjs-core/src/optimizers</c>.</remarks>
internal static class LayersModelCompile
{
    private const string Momentum = "Momentum";
    private const string RMSprop = "RMSprop";

    private static readonly Dictionary<string, string> LossNames = new(StringComparer.Ordinal)
    {
        ["kullback_leibler_divergence"] = "kl_divergence",
        ["logcosh"] = "log_cosh",
        ["cosine_proximity"] = "cosine_similarity",
        ["cosine"] = "cosine_similarity",
    };

    private static readonly Dictionary<string, string> OptimizerNames = new(StringComparer.Ordinal)
    {
        [Momentum] = "SGD",
        ["RMSProp"] = RMSprop,
    };

    private static readonly Dictionary<string, string> Arguments = new(StringComparer.Ordinal)
    {
        ["learningRate"] = "learning_rate",
        ["beta1"] = "beta_1",
        ["beta2"] = "beta_2",
        ["useNesterov"] = "nesterov",
        ["use_nesterov"] = "nesterov",
        ["initialAccumulatorValue"] = "initial_accumulator_value",
    };

    /// <summary>The <c>compile_config</c>; <see langword="null"/> where the model was not compiled.</summary>
    public static JsonObject? Of(LayersModelFile file, Model model)
    {
        string[] outputs = ModelReader.OutputNames(model);
        return file.Training is { Count: > 0 } training
                ? LegacyCompile.Convert(file.IsOfJavaScript ? OfJavaScript(training, outputs.Length, file) : training, outputs)
            : file.Model?["compile_config"] is JsonObject { Count: > 0 } compiled
                ? (file.IsOld ? LegacyCompile.Convert(compiled, outputs) : (JsonObject)compiled.DeepClone())
            : null;
    }

    // A loss for all outputs, and metrics for each of them, are written once.
    private static JsonObject OfJavaScript(JsonObject training, int outputs, LayersModelFile file)
    {
        JsonNode? loss = Named(training["loss"], file);
        JsonNode? metrics = Named(training["metrics"], file);
        return new JsonObject
        {
            ["optimizer_config"] = training["optimizer_config"] is JsonObject optimizer ? Optimizer(optimizer) : null,
            ["loss"] = loss is JsonValue && outputs > 1 ? Repeated(loss, outputs) : loss,
            ["metrics"] = metrics is JsonArray { Count: > 0 } && outputs > 1 ? Repeated(metrics, outputs) : metrics,
            ["loss_weights"] = training["loss_weights"]?.DeepClone(),
            ["weighted_metrics"] = training["weighted_metrics"]?.DeepClone(),
        };
    }

    private static JsonArray Repeated(JsonNode node, int times) =>
        new([.. Enumerable.Range(0, times).Select(_ => (JsonNode?)node.DeepClone())]);

    private static JsonNode? Named(JsonNode? node, LayersModelFile file) =>
        node switch
        {
            JsonArray list => new JsonArray([.. list.Select(n => Named(n, file))]),
            JsonObject byOutput => new JsonObject(
                byOutput.Select(p => KeyValuePair.Create(file.NamesHere.GetValueOrDefault(p.Key, p.Key), Named(p.Value, file)))
            ),
            _ when LegacyConfig.Text(node) is string name => LossNames.GetValueOrDefault(name, name),
            _ => node?.DeepClone(),
        };

    private static JsonObject Optimizer(JsonObject optimizer)
    {
        string name = LegacyConfig.Text(optimizer["class_name"]) ?? string.Empty;
        var config = new JsonObject();
        foreach ((string key, JsonNode? value) in optimizer["config"] as JsonObject ?? [])
        {
            string argument = Arguments.GetValueOrDefault(key, key);
            config[name == "RMSProp" && argument == "decay" ? "rho" : argument] = value?.DeepClone();
        }

        return new JsonObject { ["class_name"] = OptimizerNames.GetValueOrDefault(name, name), ["config"] = config };
    }
}
