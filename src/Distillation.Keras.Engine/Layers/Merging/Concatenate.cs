using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Its inputs one behind the other along an axis.</summary>
/// <remarks>
/// Inputs (batch, ...) of shapes that are equal but for the axis. Used as <c>new Concatenate().Apply(a, b)</c>.
/// Source: <c>keras/src/layers/merging/concatenate.py</c>.
/// </remarks>
public sealed class Concatenate : Layer
{
    /// <inheritdoc cref="Concatenate" path="/summary"/>
    /// <param name="axis">
    /// The axis; negative ones count from the end. The batch is axis 0, along which tensors can be joined by <c>CallAll</c>, but not in a
    /// model.
    /// </param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    public Concatenate(int axis = -1, string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(name, trainable, dtype) => Axis = axis;

    /// <summary>The axis.</summary>
    public int Axis { get; }

    /// <inheritdoc/>
    protected internal override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        string shown = string.Join(", ", inputShapes);
        if (inputShapes.Count < 2)
        {
            throw new ArgumentException(
                $"Concatenate '{Name}' joins at least two inputs, but got {shown}. Apply it to several: new Concatenate().Apply(a, b)."
            );
        }

        Shape result = inputShapes[0];
        if (Axis < -result.Rank || Axis >= result.Rank)
        {
            throw new ArgumentException(
                Invariant($"Concatenate '{Name}' joins along axis {Axis}, but its inputs have {result.Rank} axes: {shown}.")
            );
        }

        int axis = Axis < 0 ? Axis + result.Rank : Axis;
        if (axis == 0 && inputShapes.Any(s => s.Rank > 0 && s[0] is null))
        {
            throw new ArgumentException(
                Invariant(
                    $"Concatenate '{Name}' joins along axis {Axis}, the batch, which a model cannot do: it has one row of output for "
                        + $"each sample. Join along another axis, or join the arrays before. Inputs: {shown}."
                )
            );
        }

        foreach (Shape shape in inputShapes.Skip(1))
        {
            if (shape.Rank != result.Rank || !result.With(axis, null).IsCompatibleWith(shape.With(axis, null)))
            {
                throw new ArgumentException(
                    Invariant($"Concatenate '{Name}' takes inputs of shapes that are equal but for axis {Axis}, but got {shown}.")
                );
            }

            for (int i = 0; i < result.Rank; i++)
            {
                result = result.With(
                    i,
                    i == axis ? Sizes.Checked((long?)result[i] + shape[i], $"Concatenate '{Name}'", shown) : result[i] ?? shape[i]
                );
            }
        }

        return [result];
    }

    /// <inheritdoc/>
    private protected override bool ComputesIntegers(bool training) => true;

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Tensor> ForwardAll(LayerInputs<Tensor> inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return [cat([.. inputs.Tensors], Axis)];
    }

    internal override bool MayMakeMasks => false;

    /// <summary>
    /// The masks of its inputs one behind the other; along the last axis, a row counts where it counts in any input. Inputs without a mask
    /// count.
    /// </summary>
    /// <exception cref="ArgumentException">A mask is none of its input.</exception>
    protected internal override IReadOnlyList<Tensor?> ComputeMask(LayerInputs<Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (!inputs.HasMasks)
        {
            return [];
        }

        using DisposeScope scope = NewDisposeScope();
        int rank = (int)inputs.Tensors[0].dim();
        int axis = Axis < 0 ? Axis + rank : Axis;
        Tensor[] masks = [.. inputs.Tensors.Select((t, i) => Masks.OfRows(this, t, inputs.Mask(i)))];
        return [(axis == rank - 1 ? masks.Aggregate(static (a, b) => a.logical_or(b)) : cat(masks, axis)).MoveToOuterDisposeScope()];
    }
}
