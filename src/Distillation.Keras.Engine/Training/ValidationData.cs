using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Distillation.Keras;

/// <summary>Data to evaluate after each epoch: inputs, targets and, if wanted, sample weights.</summary>
/// <remarks>
/// Immutable; refers to the arrays. Tuples convert, in both languages: <c>validation_data: (xTest, yTest)</c>, <c>(xTest, yTest,
/// weights)</c>.
/// </remarks>
public sealed class ValidationData : ITuple
{
    /// <summary>Inputs, targets and sample weights.</summary>
    /// <param name="x">Inputs, batch first.</param>
    /// <param name="y">Targets, batch first; <see langword="null"/> where none are needed.</param>
    /// <param name="sample_weight">One weight a sample, or <see langword="null"/>.</param>
    public ValidationData(ArrayLike x, ArrayLike? y, ArrayLike? sample_weight = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        X = x;
        Y = y;
        SampleWeight = sample_weight;
    }

    /// <summary>Validation data that come batch by batch.</summary>
    /// <param name="source">The source of the batches, with targets and, if wanted, sample weights.</param>
    public ValidationData(DataSource source)
        : this(source ?? throw new ArgumentNullException(nameof(source)), null) { }

    /// <summary>Inputs; or the source of all, where the data come batch by batch.</summary>
    public ArrayLike X { get; }

    /// <summary>Targets.</summary>
    public ArrayLike? Y { get; }

    /// <summary>Sample weights.</summary>
    public ArrayLike? SampleWeight { get; }

    int ITuple.Length => SampleWeight is null ? 2 : 3;

    object? ITuple.this[int index] =>
        index switch
        {
            0 => X,
            1 => Y,
            2 => SampleWeight,
            _ => throw new ArgumentOutOfRangeException(nameof(index), index, "Validation data are inputs, targets and sample weights."),
        };

    /// <summary>Validation data from a tuple of any kinds of data, as F# gives it.</summary>
    /// <param name="tuple">Inputs, targets and, if wanted, sample weights; <see langword="null"/> stays it.</param>
    /// <exception cref="ArgumentException">It is no pair or triple, or one of its elements is no data.</exception>
    [return: NotNullIfNotNull(nameof(tuple))]
    public static ValidationData? Of(ITuple? tuple) =>
        tuple switch
        {
            null => null,
            ValidationData data => data,
            { Length: 2 or 3 } => new ValidationData(Item(tuple, 0), Item(tuple, 1), tuple.Length == 3 ? Item(tuple, 2) : null),
            _ => throw new ArgumentException(
                $"validation_data is (x, y) or (x, y, sample_weight), but the tuple has {tuple.Length} elements.",
                nameof(tuple)
            ),
        };

    private static ArrayLike Item(ITuple tuple, int index) => ArrayLike.FromObject(tuple[index], Invariant($"validation_data[{index}]"));

    /// <summary>Data that come batch by batch.</summary>
    public static implicit operator ValidationData(DataSource source) => new(source);

    /// <summary>
    /// Inputs and targets of any kind that converts: arrays, and for several inputs or outputs several, <c>([x1, x2], y)</c>.
    /// </summary>
    public static implicit operator ValidationData((ArrayLike X, ArrayLike Y) data) => new(data.X, data.Y);

    /// <summary>Inputs, targets and sample weights of any kind that converts.</summary>
    public static implicit operator ValidationData((ArrayLike X, ArrayLike Y, ArrayLike Weight) data) => new(data.X, data.Y, data.Weight);
}
