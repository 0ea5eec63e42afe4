using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;
using Functions = Distillation.Keras.Activations;

namespace Distillation.Keras.Layers;

/// <summary>exp(x) divided by its sum along an axis, or several together, as a layer.</summary>
/// <remarks>
/// Input and output (batch, ...). A mask, which broadcasts against the input, says which entries take part; the others become 0. Source:
/// <c>keras/src/layers/activations/softmax.py</c>.
/// </remarks>
public sealed class Softmax : Layer
{
    /// <inheritdoc cref="Softmax" path="/summary"/>
    /// <param name="axis">
    /// The axis of the classes, or several; -1 by default. Negative ones count from the end, the batch is axis 0.
    /// </param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    public Softmax(Axes? axis = null, string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(name, trainable, dtype) => Axis = (axis ?? -1).Named(nameof(Softmax), nameof(axis));

    /// <summary>The axis of the classes.</summary>
    public Axes Axis { get; }

    internal override bool BuildsAtInit => true;

    internal override bool MakesProbabilities => true;

    /// <inheritdoc/>
    protected internal override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        Axis.Resolve(inputShape.Rank, $"Softmax '{Name}', whose input's shape is {inputShape},");
        return inputShape;
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context) =>
        Axis.Count == 1 ? Functions.Softmax(input, Axis[0]) : Functions.Softmax(input, [.. Axis]);

    private protected override Tensor ForwardMasked(Tensor input, Tensor mask, CallContext context)
    {
        long[] sizes = input.shape;
        long[] masked = mask.shape;
        int offset = sizes.Length - masked.Length;
        if (offset < 0 || masked.Where((size, i) => size != 1 && size != sizes[i + offset]).Any())
        {
            throw new ArgumentException(
                $"The mask of Softmax '{Name}' says which entries take part, and broadcasts against the input, axis by axis from the "
                    + $"last, but the input has the shape {Shape.FromSizes(sizes)} and the mask {Shape.FromSizes(masked)}. "
                    + "For a mask of rows use Activation(\"softmax\"), which hands it on.",
                nameof(mask)
            );
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor without = Masks.AsBool(mask).logical_not();

        // Where nothing takes part all are 0.
        return Forward(input.Replaced(without, Excluded(input.dtype)), context).Replaced(without, 0).MoveToOuterDisposeScope();
    }

    // As Keras: large enough to vanish in the sum, and finite, so that a row without any entry is no NaN.
    private static double Excluded(ScalarType type) => type == ScalarType.Float16 ? -3e4 : -1e9;
}
