using System.Text.Json.Nodes;
using Distillation.Keras.Losses;
using Distillation.Keras.Metrics;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Training;

/// <summary>Reads the arguments of <c>Compile</c> from Keras' <c>compile_config</c>.</summary>
/// <remarks>Source: <c>keras/src/trainers/trainer.py</c>, <c>compile_from_config</c>.</remarks>
internal static class CompileConfig
{
    // Each may be an object of its own, a metric, which is far more than its text.
    private const int MostValues = 50_000;

    private static readonly string[] Known =
    [
        "optimizer",
        "loss",
        "loss_weights",
        "metrics",
        "weighted_metrics",
        "steps_per_execution",
        "run_eagerly",
        "jit_compile",
        "auto_scale_loss",
    ];

    /// <summary>The arguments.</summary>
    /// <exception cref="ArgumentException">A key is unknown, or a value does not fit.</exception>
    /// <exception cref="NotSupportedException">A class is not known.</exception>
    public static Compilation Read(JsonObject config)
    {
        ConfigReader.RefuseUnknownKeys("compile", config, Known);
        if (Values(config) > MostValues)
        {
            throw new ArgumentException(
                Invariant($"What a model was compiled with has no more than {MostValues} values, but this has more.")
            );
        }

        Optimizer optimizer = config["optimizer"] switch
        {
            null => Optimizer.Get("rmsprop"),
            JsonObject o => KerasSerializer.Deserialize<Optimizer>(o),
            JsonNode name => Optimizer.Get(ConfigReader.Text(name, "compile: the argument 'optimizer'")),
        };
        int steps = config["steps_per_execution"] is JsonNode s
            ? (int)ConfigReader.Convert(s, typeof(int), "compile: the argument 'steps_per_execution'")!
            : 1;
        return new Compilation(
            optimizer,
            ReadLoss(config["loss"]),
            ReadWeights(config["loss_weights"]),
            ReadMetrics(config["metrics"]),
            ReadMetrics(config["weighted_metrics"]),
            steps
        )
        {
            RunsEagerly = Flag(config["run_eagerly"]),
            IsJitCompiled = Flag(config["jit_compile"]),
        };
    }

    // jit_compile may be "auto" in files of some versions.
    private static bool Flag(JsonNode? node) => node is JsonValue value && value.TryGetValue(out bool flag) && flag;

    /// <summary>Whether the optimizer of a model that computes in <c>mixed_float16</c> scales the loss by itself, as by default.</summary>
    /// <exception cref="ArgumentException">The value is no boolean.</exception>
    public static bool ScalesLoss(JsonObject config) =>
        config["auto_scale_loss"] is not JsonNode scales
        || (bool)ConfigReader.Convert(scales, typeof(bool), "compile: the argument 'auto_scale_loss'")!;

    private static LossesOfOutputs? ReadLoss(JsonNode? node) =>
        node switch
        {
            null => null,
            JsonObject o when !o.ContainsKey("class_name") => new LossesOfOutputs(
                o.Select(p => OneLoss(p.Value)),
                names: [.. o.Select(p => p.Key)]
            ),
            JsonArray list => new LossesOfOutputs(list.Select(OneLoss)),
            _ => new LossesOfOutputs([OneLoss(node)], isList: false),
        };

    private static object? OneLoss(JsonNode? node) =>
        node switch
        {
            null => null,
            _ when CustomObjects.Named(node, typeof(Loss)) is Loss loss => loss,
            JsonObject o when SerializedFunction.NameOf(o, "compile: a function") is string function => NameOfLoss(function),
            JsonObject o => KerasSerializer.Deserialize<Loss>(WithReduction(o)),
            _ => (object)NameOfLoss(ConfigReader.Text(node, "compile: a loss")),
        };

    // As object, or the string would be converted to a loss here, and "crossentropy" is none before the shapes are known.
    private static string NameOfLoss(string name)
    {
        if (!LossResolver.IsDeferred(name))
        {
            Loss.Get(name);
        }

        return name;
    }

    // Keras has "none" as null, too.
    private static JsonObject WithReduction(JsonObject node)
    {
        if (
            node["config"] is not JsonObject config
            || !config.TryGetPropertyValue("reduction", out JsonNode? reduction)
            || reduction is not null
        )
        {
            return node;
        }

        var copy = (JsonObject)node.DeepClone();
        copy["config"]!["reduction"] = "none";
        return copy;
    }

    private static LossWeights? ReadWeights(JsonNode? node) =>
        node switch
        {
            null => null,
            JsonObject o => o.ToDictionary(p => p.Key, p => Number(p.Value)),
            JsonArray list => list.Select(Number).ToArray(),
            _ => Number(node),
        };

    private static MetricList? ReadMetrics(JsonNode? node) =>
        node switch
        {
            null => null,
            JsonObject o => o.ToDictionary(p => p.Key, p => Group(p.Value)),
            JsonArray list => MetricList.Create([.. list.Select(Group)]),
            _ => throw new ArgumentException($"compile: metrics are a list or a dictionary, but found {KerasSerializer.Shorten(node)}."),
        };

    private static MetricGroup Group(JsonNode? node) =>
        node switch
        {
            null => MetricGroup.None,
            JsonArray list => list.Select(OneMetric).ToArray(),
            _ => OneMetric(node),
        };

    private static Metric OneMetric(JsonNode? node) =>
        node switch
        {
            JsonNode when CustomObjects.Named(node, typeof(Metric)) is Metric metric => metric,
            JsonObject o when SerializedFunction.NameOf(o, "compile: a function") is string function => function,
            JsonObject o when IsLoss(o) => KerasSerializer.Deserialize<Loss>(WithReduction(o)),
            JsonObject o => KerasSerializer.Deserialize<Metric>(o),
            JsonValue name => ConfigReader.Text(name, "compile: a metric"),
            _ => throw new ArgumentException(
                $"compile: a metric is a name or a serialised metric, but found {KerasSerializer.Shorten(node)}."
            ),
        };

    // Some losses and metrics have one name: the module tells them apart, and where there is none, the reduction that losses alone have.
    private static bool IsLoss(JsonObject node) =>
        node["module"] is JsonValue module && module.TryGetValue(out string? name) && name.Contains("losses", StringComparison.Ordinal)
        || node["class_name"] is JsonValue value
            && value.TryGetValue(out string? className)
            && KerasSerializer.Knows<Loss>(className)
            && (
                !KerasSerializer.Knows<Metric>(className)
                || (node["module"] is null && node["config"] is JsonObject config && config.ContainsKey("reduction"))
            );

    private static double Number(JsonNode? node) => (double)ConfigReader.Convert(node, typeof(double), "compile: a loss weight")!;

    private static int Values(JsonNode? node) =>
        node switch
        {
            JsonObject o => o.Sum(p => Values(p.Value)),
            JsonArray a => a.Sum(Values),
            _ => 1,
        };
}
