using System.Collections;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Metrics;

/// <summary>Above which numbers a prediction is positive: one threshold, or several with a result for each.</summary>
/// <remarks>
/// Immutable and safe to share between threads. Converts from <c>0.5</c>, arrays and, in C#, <c>[0.25, 0.5]</c>. Keras writes what it was
/// given, a number or a list, and so does this class. Source: <c>keras/src/metrics/metrics_utils.py</c>.
/// </remarks>
[CollectionBuilder(typeof(Thresholds), nameof(Create))]
public sealed class Thresholds : IReadOnlyList<double>, IConfigValue<Thresholds>
{
    private readonly double[] _values;
    private readonly bool _isList;

    /// <summary>One threshold.</summary>
    /// <param name="threshold">It, in [0, 1].</param>
    /// <exception cref="ArgumentException">It is outside [0, 1].</exception>
    public Thresholds(double threshold) => _values = CurveThresholds.Checked([threshold], sort: false);

    /// <summary>Several thresholds, or one in a list.</summary>
    /// <param name="thresholds">They, in [0, 1].</param>
    /// <exception cref="ArgumentException">There is none, or one is outside [0, 1].</exception>
    public Thresholds(params double[] thresholds)
    {
        ArgumentNullException.ThrowIfNull(thresholds);
        if (thresholds.Length == 0)
        {
            throw new ArgumentException(
                "A metric needs one threshold or more, but the list is empty. Leave it out for Keras' default.",
                nameof(thresholds)
            );
        }

        _values = CurveThresholds.Checked(thresholds, sort: false);
        _isList = true;
    }

    /// <inheritdoc/>
    public int Count => _values.Length;

    /// <summary>Whether they were given as a list.</summary>
    public bool IsList => _isList;

    /// <inheritdoc/>
    public double this[int index] => _values[index];

    /// <summary>What C# makes of <c>[0.25, 0.5]</c>.</summary>
    public static Thresholds Create(ReadOnlySpan<double> thresholds) => new(thresholds.ToArray());

    /// <inheritdoc/>
    public IEnumerator<double> GetEnumerator() => ((IEnumerable<double>)_values).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _values.GetEnumerator();

    /// <inheritdoc/>
    public JsonNode ToJson() =>
        _isList ? new JsonArray([.. _values.Select(v => (JsonNode?)ConfigWriter.Real(v))]) : ConfigWriter.Real(_values[0]);

    /// <inheritdoc cref="IConfigValue{TSelf}.FromJson"/>
    public static Thresholds FromJson(JsonNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return node is JsonArray ? new Thresholds(ConfigPrimitives.Reals(node)) : new Thresholds(ConfigPrimitives.Real(node));
    }

    /// <summary>One threshold.</summary>
    public static implicit operator Thresholds(double threshold) => new(threshold);

    /// <summary>One threshold. F# does not go from an integer over a fraction to a threshold.</summary>
    public static implicit operator Thresholds(int threshold) => new(threshold);

    /// <summary>Several thresholds, or one in a list.</summary>
    public static implicit operator Thresholds(double[] thresholds) => new(thresholds);
}
