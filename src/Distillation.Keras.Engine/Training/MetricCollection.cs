using System.Collections;
using Distillation.Keras.Backend;
using Distillation.Keras.Losses;
using Distillation.Keras.Metrics;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Training;

/// <summary>Reads metrics out of a collection of any type.</summary>
internal static class MetricCollection
{
    /// <summary>The metrics, one group for each element or value.</summary>
    /// <exception cref="ArgumentException">An element is no metric.</exception>
    public static IEnumerable<MetricGroup> Groups(IEnumerable metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        return metrics is string name ? [Group(name)]
            : Pairs.Of(metrics) is { } pairs ? [.. pairs.Select(p => Group(p.Value))]
            : [.. metrics.Cast<object?>().Select(Group)];
    }

    /// <summary>The outputs' names, where the metrics were given by name.</summary>
    public static string[]? Names(IEnumerable metrics) =>
        metrics is MetricList list ? list.Names
        : metrics is string || Pairs.Of(metrics) is not { } pairs ? null
        : Array.ConvertAll(pairs, p => p.Name);

    private static MetricGroup Group(object? item) =>
        item switch
        {
            MetricGroup group => group,
            string or Metric or Loss or Type => One(item),
            IEnumerable several => [.. several.Cast<object?>().Select(One)],
            _ => One(item),
        };

    private static Metric One(object? item) =>
        item switch
        {
            string name => name,
            Metric metric => metric,
            Loss loss => loss,
            Type type when typeof(Metric).IsAssignableFrom(type) && KerasSerializer.Knows<Metric>(type.Name) => (Metric)
                ConfigReader.Create(type, type.Name, []),
            _ => throw new ArgumentException(
                $"A metric is a name, a Metric, its class or a Loss, but found {Described(item)}. A function becomes one by new "
                    + "MeanMetricWrapper(function)."
            ),
        };

    private static string Described(object? item) => item is null ? "null" : $"{item} ({item.GetType().Name})";
}
