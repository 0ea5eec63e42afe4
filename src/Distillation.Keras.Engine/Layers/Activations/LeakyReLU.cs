using static TorchSharp.torch;
using Functions = Distillation.Keras.Activations;

namespace Distillation.Keras.Layers;

/// <summary>The rectified linear unit with a slope below zero, as a layer: x, or negative_slope * x where x is negative.</summary>
/// <remarks>Input and output (batch, ...). Source: <c>keras/src/layers/activations/leaky_relu.py</c>.</remarks>
public sealed class LeakyReLU : Layer
{
    /// <inheritdoc cref="LeakyReLU" path="/summary"/>
    /// <param name="negative_slope">The slope below zero, not negative.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="negative_slope"/> is negative or not finite.</exception>
    public LeakyReLU(double negative_slope = 0.3, string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(name, trainable, dtype) => NegativeSlope = Arguments.NotNegative(negative_slope);

    /// <summary>The slope below zero.</summary>
    public double NegativeSlope { get; }

    internal override bool BuildsAtInit => true;

    /// <inheritdoc/>
    protected internal override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return inputShape;
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context) => Functions.LeakyRelu(input, NegativeSlope);
}
