using System.Diagnostics.CodeAnalysis;

namespace Distillation.Keras;

/// <summary>The weights of the outputs' losses in the total: one for each output in order, or by the outputs' names.</summary>
/// <remarks>Immutable. A number, an array and a dictionary convert, and <c>[1.0, 0.3]</c> makes one.</remarks>
[System.Runtime.CompilerServices.CollectionBuilder(typeof(LossWeights), nameof(Create))]
public sealed class LossWeights : IEnumerable<double>
{
    private readonly double[] _values;

    private LossWeights(double[] values, string[]? names = null)
    {
        _values = values;
        Names = names;
        if (Array.Exists(values, v => !double.IsFinite(v)))
        {
            throw new ArgumentException(
                $"loss_weights are finite numbers, but got {string.Join(", ", values.Select(v => Invariant($"{v}")))}.",
                nameof(values)
            );
        }
    }

    /// <summary>
    /// Weights by the outputs' names, from a dictionary of any kind: in F# <c>loss_weights = LossWeights(dict [ "p", 1.0; "q", 0.3 ])</c>.
    /// </summary>
    /// <param name="values">Pairs of an output's name and its weight, a finite number.</param>
    /// <exception cref="ArgumentException">A weight is not finite.</exception>
    public LossWeights(IEnumerable<KeyValuePair<string, double>> values)
        : this([.. values ?? throw new ArgumentNullException(nameof(values))]) { }

    private LossWeights(KeyValuePair<string, double>[] values)
        : this(Array.ConvertAll(values, v => v.Value), Array.ConvertAll(values, v => v.Key)) { }

    internal IReadOnlyList<double> Values => _values;

    internal string[]? Names { get; }

    /// <summary>One weight for each output.</summary>
    public static LossWeights Create(ReadOnlySpan<double> values) => new(values.ToArray());

    /// <inheritdoc/>
    public IEnumerator<double> GetEnumerator() => ((IEnumerable<double>)_values).GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

    internal static LossWeights? Of(IEnumerable<double>? values) =>
        values is null ? null : values as LossWeights ?? new LossWeights([.. values]);

    /// <summary>The weight of the only output.</summary>
    public static implicit operator LossWeights(double value) => new([value]);

    /// <summary>One weight for each output.</summary>
    [return: NotNullIfNotNull(nameof(values))]
    public static implicit operator LossWeights?(double[]? values) => values is null ? null : new([.. values]);

    /// <summary>Weights by the outputs' names.</summary>
    [return: NotNullIfNotNull(nameof(values))]
    public static implicit operator LossWeights?(Dictionary<string, double>? values) =>
        values is null ? null : new([.. values.Values], [.. values.Keys]);
}
