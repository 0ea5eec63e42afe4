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
            throw new ArgumentException($"loss_weights are finite numbers, but got {string.Join(", ", values.Select(v => Invariant($"{v}")))}.", nameof(values));
        }
    }

    internal IReadOnlyList<double> Values => _values;

    internal string[]? Names { get; }

    /// <summary>One weight for each output.</summary>
    public static LossWeights Create(ReadOnlySpan<double> values) => new(values.ToArray());

    /// <inheritdoc/>
    public IEnumerator<double> GetEnumerator() => ((IEnumerable<double>)_values).GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The weight of the only output.</summary>
    public static implicit operator LossWeights(double value) => new([value]);

    /// <summary>One weight for each output.</summary>
    public static implicit operator LossWeights(double[] values) => new([.. values]);

    /// <summary>Weights by the outputs' names.</summary>
    public static implicit operator LossWeights(Dictionary<string, double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new([.. values.Values], [.. values.Keys]);
    }
}
