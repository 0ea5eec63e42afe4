using System.Numerics;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>The same values in another shape.</summary>
/// <remarks>
/// Input (batch, ...), output (batch, target shape). Keeps the type of integers. Source: <c>keras/src/layers/reshaping/reshape.py</c>.
/// </remarks>
public sealed class Reshape : Layer
{
    /// <inheritdoc cref="Reshape" path="/summary"/>
    /// <param name="target_shape">
    /// The shape of one sample, without the batch axis: <c>(7, 7, 64)</c>. One size may be -1: what is left.
    /// </param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type that floating-point inputs are cast to.</param>
    public Reshape(TargetShape target_shape, string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(name, trainable, dtype)
    {
        ArgumentNullException.ThrowIfNull(target_shape);
        TargetShape = target_shape;
    }

    /// <summary>The shape of one sample.</summary>
    public TargetShape TargetShape { get; }

    internal override bool BuildsAtInit => true;

    private protected override bool KeepsIntegers => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        if (inputShape.Rank == 0)
        {
            throw new ArgumentException($"Reshape '{Name}' takes an input with a batch axis, but its input has no axes.");
        }

        BigInteger known = TargetShape.Where(s => s != -1).Aggregate(BigInteger.One, (a, b) => a * b);
        bool open = TargetShape.Contains(-1);
        if (inputShape.From(1).Elements is not BigInteger count)
        {
            return new Shape(TargetShape.Select(s => s == -1 ? (int?)null : s).Prepend(inputShape[0]));
        }

        if (open ? (known == 0 || count % known != 0) : known != count)
        {
            throw new ArgumentException(
                Invariant(
                    $"Reshape '{Name}' keeps the number of values, but a sample of the input's shape {inputShape} has {count} and the "
                        + $"target shape {TargetShape} "
                        + $"{(open ? "takes a multiple of" : "has")} {known}. Correct the target shape, or use -1 for one size."
                )
            );
        }

        return new Shape(
            TargetShape.Select(s => s == -1 ? Sizes.Checked(count / known, $"Reshape '{Name}'", inputShape) : s).Prepend(inputShape[0])
        );
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);

        // Fully known, as libtorch cannot work out -1 for an empty batch.
        return input.reshape(ComputeOutputShape(Shape.FromSizes(input.shape)).ToSizes());
    }
}
