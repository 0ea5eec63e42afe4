using static TorchSharp.torch;
using Functions = Distillation.Keras.Activations;

namespace Distillation.Keras.Layers;

/// <summary>exp(x) divided by its sum along an axis, as a layer.</summary>
/// <remarks>Input and output (batch, ...). Source: <c>keras/src/layers/activations/softmax.py</c>.</remarks>
public sealed class Softmax : Layer
{
    /// <summary>Makes the layer.</summary>
    /// <param name="axis">The axis of the classes; negative ones count from the end. The batch is axis 0.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    public Softmax(int axis = -1, string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(name, trainable, dtype) => Axis = axis;

    /// <summary>The axis of the classes.</summary>
    public int Axis { get; }

    internal override bool BuildsAtInit => true;

    internal override bool MakesProbabilities => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return Axis >= -inputShape.Rank && Axis < inputShape.Rank
            ? inputShape
            : throw new ArgumentException($"Softmax '{Name}' goes along axis {Axis}, but its input has {inputShape.Rank} axes: the shape is {inputShape}.", nameof(inputShape));
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context) => Functions.Softmax(input, Axis);
}
