namespace Distillation.Keras;

/// <summary>Data to evaluate after each epoch: inputs, targets and, if wanted, sample weights.</summary>
/// <remarks>Immutable; refers to the arrays. Tuples convert: <c>validation_data: (xTest, yTest)</c>. In F# those of the usual array types do; for the
/// others, and with sample weights, write <c>validation_data = ValidationData(xTest, yTest)</c>.</remarks>
public sealed partial class ValidationData
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

    /// <summary>Inputs.</summary>
    public ArrayLike X { get; }

    /// <summary>Targets.</summary>
    public ArrayLike? Y { get; }

    /// <summary>Sample weights.</summary>
    public ArrayLike? SampleWeight { get; }

    /// <summary>Inputs and targets of any kind that converts: arrays, and for several inputs or outputs several, <c>([x1, x2], y)</c>.</summary>
    public static implicit operator ValidationData((ArrayLike X, ArrayLike Y) data) => new(data.X, data.Y);

    /// <summary>Inputs, targets and sample weights of any kind that converts.</summary>
    public static implicit operator ValidationData((ArrayLike X, ArrayLike Y, ArrayLike Weight) data) => new(data.X, data.Y, data.Weight);
}
