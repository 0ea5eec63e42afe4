using static TorchSharp.torch;
using Functions = Distillation.Keras.Activations;

namespace Distillation.Keras.Layers;

/// <summary>The exponential linear unit as a layer: x, or alpha * (exp(x) - 1) where x is negative.</summary>
/// <remarks>Input and output (batch, ...). Source: <c>keras/src/layers/activations/elu.py</c>.</remarks>
public sealed class ELU : Layer
{
    /// <inheritdoc cref="ELU" path="/summary"/>
    /// <param name="alpha">What the function goes to the negative of, far below zero.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="alpha"/> is not finite.</exception>
    public ELU(double alpha = 1.0, string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(name, trainable, dtype) => Alpha = Arguments.Finite(alpha);

    /// <summary>What the function goes to the negative of, far below zero.</summary>
    public double Alpha { get; }

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
    protected internal override Tensor Forward(Tensor input, CallContext context) => Functions.Elu(input, Alpha);
}
