using Distillation.Keras.Losses;

namespace Distillation.Keras.Metrics;

/// <summary>Finds what <c>"accuracy"</c> means for given shapes.</summary>
/// <remarks>Source: <c>keras/src/trainers/compile_utils.py</c>, <c>get_metric</c>. Thread-safe.</remarks>
internal static class MetricResolver
{
    /// <summary>Whether a string's metric depends on shapes.</summary>
    public static bool IsDeferred(string identifier) =>
        identifier.Equals("accuracy", StringComparison.OrdinalIgnoreCase) || identifier.Equals("acc", StringComparison.OrdinalIgnoreCase);

    /// <summary>A new metric for a string.</summary>
    /// <param name="identifier">As the user wrote it; it becomes the metric's name.</param>
    /// <param name="target">The targets' shape, with the batch axis.</param>
    /// <param name="output">The predictions' shape, with the batch axis.</param>
    /// <exception cref="ArgumentException">The string is not known, or a shape is a scalar's.</exception>
    public static Metric Resolve(string identifier, Shape target, Shape output) => Resolve(Metric.Get(identifier), target, output);

    /// <summary>A fresh copy of a metric, resolved if it was still a string.</summary>
    /// <param name="metric">The metric that the user gave.</param>
    /// <param name="target">The targets' shape, with the batch axis.</param>
    /// <param name="output">The predictions' shape, with the batch axis.</param>
    public static Metric Resolve(Metric metric, Shape target, Shape output)
    {
        if (metric is not DeferredMetric)
        {
            return metric.Clone();
        }

        return Metric.NamedLike(
            metric,
            TargetForms.Of(metric.Name, target, output) switch
            {
                TargetForm.Binary => new BinaryAccuracy(metric.Name),
                TargetForm.Sparse => new SparseCategoricalAccuracy(metric.Name),
                _ => new CategoricalAccuracy(metric.Name),
            }
        );
    }
}
