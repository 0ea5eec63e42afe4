using static TorchSharp.torch;
using Functions = Distillation.Keras.Activations;

namespace Distillation.Keras.Layers;

/// <summary>exp(x) divided by its sum along an axis, or several together, as a layer.</summary>
/// <remarks>Input and output (batch, ...). Source: <c>keras/src/layers/activations/softmax.py</c>.</remarks>
public sealed class Softmax : Layer
{
    /// <summary>Makes the layer.</summary>
    /// <param name="axis">The axis of the classes, or several; -1 by default. Negative ones count from the end, the batch is axis 0.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    public Softmax(Axes? axis = null, string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(name, trainable, dtype) => Axis = axis ?? -1;

    /// <summary>The axis of the classes.</summary>
    public Axes Axis { get; }

    internal override bool BuildsAtInit => true;

    internal override bool MakesProbabilities => true;

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
}
