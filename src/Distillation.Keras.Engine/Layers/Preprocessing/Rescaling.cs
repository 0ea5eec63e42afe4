using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>x · scale + offset: with <c>1.0 / 255</c>, bytes become numbers from 0 to 1.</summary>
/// <remarks>Input (batch, ...) of any type, output of the same shape in the layer's type. Source: <c>keras/src/layers/preprocessing/rescaling.py</c>.</remarks>
public sealed class Rescaling : Layer
{
    /// <summary>Makes the layer.</summary>
    /// <param name="scale">The factor.</param>
    /// <param name="offset">Added afterwards.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    public Rescaling(double scale, double offset = 0.0, string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(name, trainable, dtype)
    {
        Scale = scale;
        Offset = offset;
    }

    /// <summary>The factor.</summary>
    public double Scale { get; }

    /// <summary>What is added afterwards.</summary>
    public double Offset { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        Tensor result = input.mul(Scale);
        result.add_(Offset);
        return result;
    }
}
