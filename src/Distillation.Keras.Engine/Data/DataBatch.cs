namespace Distillation.Keras;

/// <summary>One batch as a <see cref="DataSource"/> gives it: inputs, targets, weights, and which samples they are.</summary>
/// <remarks>Immutable; refers to the arrays. Tuples convert in C#: <c>yield return (x, y);</c>.</remarks>
public sealed class DataBatch
{
    /// <summary>Keeps the arrays.</summary>
    /// <param name="x">Inputs, batch first: an array, several for several inputs, or arrays by the inputs' names.</param>
    /// <param name="y">Targets, batch first, likewise for the outputs; <see langword="null"/> where none are needed.</param>
    /// <param name="sample_weight">The weight of each sample, or <see langword="null"/>: 1.</param>
    /// <param name="indices">
    /// The number of each sample in the whole source, from 0, the same in every pass; <see langword="null"/> where samples have no numbers.
    /// What was computed for a sample before is found by it.
    /// </param>
    /// <exception cref="ArgumentException">A number is negative.</exception>
    public DataBatch(ArrayLike x, ArrayLike? y = null, ArrayLike? sample_weight = null, IEnumerable<long>? indices = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        X = x;
        Y = y;
        SampleWeight = sample_weight;
        if (indices is null)
        {
            return;
        }

        long[] numbers = [.. indices];
        int negative = Array.FindIndex(numbers, n => n < 0);
        Indices =
            negative < 0
                ? numbers
                : throw new ArgumentException(
                    Invariant($"Samples are numbered from 0, but indices[{negative}] is {numbers[negative]}."),
                    nameof(indices)
                );
    }

    /// <summary>Inputs.</summary>
    public ArrayLike X { get; }

    /// <summary>Targets, or <see langword="null"/>.</summary>
    public ArrayLike? Y { get; }

    /// <summary>Sample weights, or <see langword="null"/>.</summary>
    public ArrayLike? SampleWeight { get; }

    /// <summary>The numbers of the samples in the source, or <see langword="null"/>.</summary>
    public IReadOnlyList<long>? Indices { get; }

    /// <summary>Inputs and targets of any kind that converts.</summary>
    public static implicit operator DataBatch((ArrayLike X, ArrayLike Y) batch) => new(batch.X, batch.Y);

    /// <summary>Inputs, targets and sample weights of any kind that converts.</summary>
    public static implicit operator DataBatch((ArrayLike X, ArrayLike Y, ArrayLike Weight) batch) => new(batch.X, batch.Y, batch.Weight);
}
