using System.Collections;
using Distillation.Keras.Losses;
using Distillation.Keras.Metrics;

namespace Distillation.Keras.Training;

/// <summary>Reads metrics out of a collection of any type.</summary>
internal static class MetricCollection
{
    /// <summary>The metrics, one group for each element or value.</summary>
    /// <exception cref="ArgumentException">An element is no metric.</exception>
    public static IEnumerable<MetricGroup> Groups(IEnumerable metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        return metrics is string name ? [Group(name)] : [.. metrics.Cast<object?>().Select(m => Group(Pair(m) is (_, object value) ? value : m))];
    }

    /// <summary>The outputs' names, where the metrics were given by name.</summary>
    /// <exception cref="ArgumentException">A name is no string.</exception>
    public static string[]? Names(IEnumerable metrics)
    {
        (object? Key, object? Value)?[] pairs = metrics is string ? [] : [.. metrics.Cast<object?>().Select(Pair)];
        if (!Array.Exists(pairs, p => p is not null))
        {
            return null;
        }

        return Array.ConvertAll(pairs, p => p?.Key as string ?? throw new ArgumentException($"metrics by name are pairs of an output's name and its metrics, but found {Described(p is null ? "a metric without a name" : p.Value.Key)}.", nameof(metrics)));
    }

    private static MetricGroup Group(object? item) => item switch
    {
        MetricGroup group => group,
        string or Metric or Loss => One(item),
        IEnumerable several and not IDictionary => [.. several.Cast<object?>().Select(One)],
        _ => One(item),
    };

    private static Metric One(object? item) => item switch
    {
        string name => name,
        Metric metric => metric,
        Loss loss => loss,
        _ => throw new ArgumentException($"A metric is a name, a Metric or a Loss, but found {Described(item)}. A function becomes one by new MeanMetricWrapper(function)."),
    };

    // The values of a dictionary may be of any type, and a KeyValuePair is not covariant.
    private static (object? Key, object? Value)? Pair(object? item) =>
        item?.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>)
            ? (type.GetProperty("Key")!.GetValue(item), type.GetProperty("Value")!.GetValue(item))
            : null;

    private static string Described(object? item) => item is null ? "null" : $"{item} ({item.GetType().Name})";
}
