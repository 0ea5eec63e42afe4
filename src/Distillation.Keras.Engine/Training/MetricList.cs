using System.Diagnostics.CodeAnalysis;
using Distillation.Keras.Metrics;

namespace Distillation.Keras;

/// <summary>
/// What <c>Compile</c> takes as metrics: <c>["accuracy", new TopKCategoricalAccuracy(5)]</c> for one output,
/// <c>[["accuracy"], ["mae"]]</c> for several in order, or a dictionary by the outputs' names.
/// </summary>
/// <remarks>Immutable. Arrays and dictionaries of strings and metrics convert.</remarks>
[System.Runtime.CompilerServices.CollectionBuilder(typeof(MetricList), nameof(Create))]
public sealed class MetricList : IEnumerable<MetricGroup>
{
    private MetricList(IEnumerable<MetricGroup> groups, string[]? names = null)
    {
        Groups = [.. groups];
        Names = names;
        if (Array.Exists(Groups, g => g is null))
        {
            throw new ArgumentException("A metric is a name or a Metric, but one of them is null.", nameof(groups));
        }
    }

    internal MetricGroup[] Groups { get; }

    internal string[]? Names { get; }

    /// <summary>Metrics of one output, or a group for each output.</summary>
    public static MetricList Create(ReadOnlySpan<MetricGroup> groups) => new(groups.ToArray());

    /// <inheritdoc/>
    public IEnumerator<MetricGroup> GetEnumerator() => ((IEnumerable<MetricGroup>)Groups).GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Metrics of one output by their names.</summary>
    [return: NotNullIfNotNull(nameof(metrics))]
    public static implicit operator MetricList?(string[]? metrics) => metrics is null ? null : new(metrics.Select(m => (MetricGroup)m));

    /// <summary>Metrics of one output.</summary>
    [return: NotNullIfNotNull(nameof(metrics))]
    public static implicit operator MetricList?(Metric[]? metrics) => metrics is null ? null : new(metrics.Select(m => (MetricGroup)m));

    /// <summary>A group of metrics for each output.</summary>
    [return: NotNullIfNotNull(nameof(metrics))]
    public static implicit operator MetricList?(string[][]? metrics) => metrics is null ? null : new(metrics.Select(m => (MetricGroup)m));

    /// <summary>A group of metrics for each output.</summary>
    [return: NotNullIfNotNull(nameof(metrics))]
    public static implicit operator MetricList?(Metric[][]? metrics) => metrics is null ? null : new(metrics.Select(m => (MetricGroup)m));

    /// <summary>Metrics by the outputs' names.</summary>
    public static implicit operator MetricList(Dictionary<string, string> metrics) => Named(metrics, m => (MetricGroup)m);

    /// <summary>Metrics by the outputs' names.</summary>
    public static implicit operator MetricList(Dictionary<string, Metric> metrics) => Named(metrics, m => (MetricGroup)m);

    /// <summary>Metrics by the outputs' names.</summary>
    public static implicit operator MetricList(Dictionary<string, MetricGroup> metrics) => Named(metrics, m => m);

    internal static MetricList? Of(IEnumerable<Metric>? metrics) => metrics is null ? null : new(metrics.Select(m => (MetricGroup)m));

    internal static MetricList? Of(IEnumerable<string>? metrics) => metrics is null ? null : new(metrics.Select(m => (MetricGroup)m));

    private static MetricList Named<T>(Dictionary<string, T> metrics, Func<T, MetricGroup> group)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        return new(metrics.Values.Select(group), [.. metrics.Keys]);
    }
}
