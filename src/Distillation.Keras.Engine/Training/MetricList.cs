using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Distillation.Keras.Losses;
using Distillation.Keras.Metrics;
using Distillation.Keras.Training;

namespace Distillation.Keras;

/// <summary>
/// What <c>Compile</c> takes as metrics: <c>["accuracy", new TopKCategoricalAccuracy(5)]</c> for one output,
/// <c>[["accuracy"], ["mae"]]</c> for several in order, or a dictionary by the outputs' names.
/// </summary>
/// <remarks>
/// Immutable. Arrays, lists and dictionaries of strings and metrics convert; <see langword="null"/> is no metrics. In F# a list that has a
/// name of its own, a sequence, or what
/// <c>dict</c> gives is made one by the constructor: <c>metrics = MetricList names</c>.
/// </remarks>
[System.Runtime.CompilerServices.CollectionBuilder(typeof(MetricList), nameof(Create))]
public sealed class MetricList : IEnumerable<object>
{
    private MetricList(IEnumerable<MetricGroup> groups, string[]? names)
    {
        Groups = [.. groups];
        Names = names;
        if (Array.Exists(Groups, g => g is null))
        {
            throw new ArgumentException("A metric is a name or a Metric, but one of them is null.", nameof(groups));
        }
    }

    /// <summary>Metrics of any kind of collection.</summary>
    /// <param name="metrics">
    /// Names, <see cref="Metric"/>s and losses, in any mixture, for one output; a collection of these for each output; or any of these by
    /// the outputs' names (a dictionary).
    /// </param>
    /// <exception cref="ArgumentException">An element is none of these, or a name is not known.</exception>
    public MetricList(IEnumerable metrics)
        : this(MetricCollection.Groups(metrics), MetricCollection.Names(metrics)) { }

    /// <summary>All metrics, output after output.</summary>
    public IEnumerable<Metric> All => Groups.SelectMany(g => g);

    internal MetricGroup[] Groups { get; }

    internal string[]? Names { get; }

    /// <summary>Metrics of one output, or a group for each output.</summary>
    public static MetricList Create(ReadOnlySpan<MetricGroup> groups) => new(groups.ToArray(), null);

    /// <summary>The groups, one for each output, or one for each metric of the only output.</summary>
    public IEnumerator<MetricGroup> GetEnumerator() => ((IEnumerable<MetricGroup>)Groups).GetEnumerator();

    IEnumerator<object> IEnumerable<object>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>One metric by its name.</summary>
    [return: NotNullIfNotNull(nameof(metric))]
    public static implicit operator MetricList?(string? metric) => metric is null ? null : new([(MetricGroup)metric], null);

    /// <summary>One metric.</summary>
    [return: NotNullIfNotNull(nameof(metric))]
    public static implicit operator MetricList?(Metric? metric) => metric is null ? null : new([(MetricGroup)metric], null);

    /// <summary>One loss as a metric.</summary>
    [return: NotNullIfNotNull(nameof(loss))]
    public static implicit operator MetricList?(Loss? loss) => loss is null ? null : new([(MetricGroup)loss], null);

    /// <summary>Metrics of one output by their names.</summary>
    [return: NotNullIfNotNull(nameof(metrics))]
    public static implicit operator MetricList?(string[]? metrics) => metrics is null ? null : Each(metrics, m => (MetricGroup)m);

    /// <summary>Metrics of one output.</summary>
    [return: NotNullIfNotNull(nameof(metrics))]
    public static implicit operator MetricList?(Metric[]? metrics) => metrics is null ? null : Each(metrics, m => (MetricGroup)m);

    /// <summary>Names and metrics of one output.</summary>
    [return: NotNullIfNotNull(nameof(metrics))]
    public static implicit operator MetricList?(object[]? metrics) => metrics is null ? null : new((IEnumerable)metrics);

    /// <summary>Names and metrics of one output.</summary>
    [return: NotNullIfNotNull(nameof(metrics))]
    public static implicit operator MetricList?(List<object>? metrics) => metrics is null ? null : new((IEnumerable)metrics);

    /// <summary>Metrics of one output by their names.</summary>
    [return: NotNullIfNotNull(nameof(metrics))]
    public static implicit operator MetricList?(List<string>? metrics) => metrics is null ? null : new((IEnumerable)metrics);

    /// <summary>Metrics of one output.</summary>
    [return: NotNullIfNotNull(nameof(metrics))]
    public static implicit operator MetricList?(List<Metric>? metrics) => metrics is null ? null : new((IEnumerable)metrics);

    /// <summary>A group of metrics for each output.</summary>
    [return: NotNullIfNotNull(nameof(metrics))]
    public static implicit operator MetricList?(string[][]? metrics) => metrics is null ? null : Each(metrics, m => (MetricGroup)m);

    /// <summary>A group of metrics for each output.</summary>
    [return: NotNullIfNotNull(nameof(metrics))]
    public static implicit operator MetricList?(Metric[][]? metrics) => metrics is null ? null : Each(metrics, m => (MetricGroup)m);

    /// <summary>Metrics by the outputs' names.</summary>
    [return: NotNullIfNotNull(nameof(metrics))]
    public static implicit operator MetricList?(Dictionary<string, string>? metrics) =>
        metrics is null ? null : Named(metrics, m => (MetricGroup)m);

    /// <summary>Metrics by the outputs' names.</summary>
    [return: NotNullIfNotNull(nameof(metrics))]
    public static implicit operator MetricList?(Dictionary<string, Metric>? metrics) =>
        metrics is null ? null : Named(metrics, m => (MetricGroup)m);

    /// <summary>Metrics by the outputs' names.</summary>
    [return: NotNullIfNotNull(nameof(metrics))]
    public static implicit operator MetricList?(Dictionary<string, MetricGroup>? metrics) =>
        metrics is null ? null : Named(metrics, m => m);

    /// <summary>Metrics as <c>Compile</c> takes them in F#; a list is itself.</summary>
    internal static MetricList? Of(IEnumerable<object>? metrics) =>
        metrics is null ? null : metrics as MetricList ?? new MetricList((IEnumerable)metrics);

    private static MetricList Each<T>(IEnumerable<T> metrics, Func<T, MetricGroup> group)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        return new(metrics.Select(group), null);
    }

    private static MetricList Named<T>(Dictionary<string, T> metrics, Func<T, MetricGroup> group)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        return new(metrics.Values.Select(group), [.. metrics.Keys]);
    }
}
