using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Divides each sample by the root of the mean of its squares along its last axes, in training and otherwise.</summary>
/// <remarks>
/// Input and output (batch, ...). Weight: <c>scale</c>, of the sizes along the axes, all 1 at first. Source:
/// <c>keras/src/layers/normalization/rms_normalization.py</c>; Zhang and Sennrich, arXiv 1910.07467.
/// </remarks>
public sealed class RMSNormalization : BaseAxisNormalization
{
    private Variable? _scale;

    /// <inheritdoc cref="RMSNormalization" path="/summary"/>
    /// <param name="axis">The axis, or axes: the last ones, in order; -1 by default.</param>
    /// <param name="epsilon">Added to the mean of the squares; not negative.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Whether training changes the weights.</param>
    /// <param name="dtype">The type of weights and computation.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epsilon"/> is negative or not finite.</exception>
    public RMSNormalization(
        Axes? axis = null,
        double epsilon = 0.000001,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(axis, name, trainable, dtype) => Epsilon = Arguments.NotNegative(epsilon);

    /// <summary>What is added to the mean of the squares.</summary>
    public double Epsilon { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        base.ComputeOutputShape(inputShape);
        int rank = inputShape.Rank;
        long[] axes = new Axes([.. Axis.Order()]).Resolve(rank, $"{ClassName} '{Name}'");
        return axes.Select((axis, i) => axis == rank - axes.Length + i).All(static isInPlace => isInPlace)
            ? inputShape
            : throw new ArgumentException(
                Invariant(
                    $"RMSNormalization '{Name}' scales the last axes of its input, as its weight has their sizes, but its axes are "
                        + $"{Axis} and the input's shape is {inputShape}. Give the last axes in order, all negative or none, or put a "
                        + $"Permute before it."
                )
            );
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape) => _scale = AddWeight("scale", SortAxes(inputShape), "ones");

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Wide(input);
        long[] axes = Array.ConvertAll(Ascending((int)x.dim()), a => (long)a);
        Tensor inverse = x.Squared().mean(axes, keepdim: true).Plus(Epsilon).rsqrt();
        return Narrow(x.mul(inverse).mul(Wide(Autocast(_scale!)))).MoveToOuterDisposeScope();
    }
}
