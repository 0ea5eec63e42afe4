using Distillation.Keras.Losses;
using Distillation.Keras.Metrics;

namespace Distillation.Keras;

/// <summary>The metrics of one output: one, or a list. An element of a <see cref="MetricList"/>.</summary>
/// <remarks>Immutable. A string, a <see cref="Metric"/>, and arrays of them convert.</remarks>
[System.Runtime.CompilerServices.CollectionBuilder(typeof(MetricGroup), nameof(Create))]
public sealed class MetricGroup : IEnumerable<Metric>
{
    private readonly Metric[] _metrics;

    private MetricGroup(IEnumerable<Metric> metrics, bool isList)
    {
        _metrics = [.. metrics];
        IsList = isList;
        if (Array.Exists(_metrics, m => m is null))
        {
            throw new ArgumentException("A metric is a name or a Metric, but one of them is null.", nameof(metrics));
        }
    }

    /// <summary>No metrics for an output, where Keras has None in the list.</summary>
    internal static MetricGroup None { get; } = new([], isList: true);

    internal bool IsList { get; }

    /// <summary>Several metrics.</summary>
    public static MetricGroup Create(ReadOnlySpan<Metric> metrics) => new(metrics.ToArray(), isList: true);

    /// <inheritdoc/>
    public IEnumerator<Metric> GetEnumerator() => ((IEnumerable<Metric>)_metrics).GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>One metric by its name.</summary>
    public static implicit operator MetricGroup(string metric) => new([(Metric)metric], isList: false);

    /// <summary>One metric.</summary>
    public static implicit operator MetricGroup(Metric metric) => new([metric], isList: false);

    /// <summary>One loss as a metric.</summary>
    public static implicit operator MetricGroup(Loss loss) => new([(Metric)loss], isList: false);

    /// <summary>Several metrics by their names.</summary>
    public static implicit operator MetricGroup(string[] metrics) => new(metrics.Select(m => (Metric)m), isList: true);

    /// <summary>Several metrics.</summary>
    public static implicit operator MetricGroup(Metric[] metrics) => new(metrics, isList: true);
}
