using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>x · scale + offset: with <c>1.0 / 255</c>, bytes become numbers from 0 to 1.</summary>
/// <remarks>
/// Input (batch, ...) of any type, output of the same shape in the layer's type. Source:
/// <c>keras/src/layers/preprocessing/rescaling.py</c>.
/// </remarks>
public sealed class Rescaling : Layer
{
    /// <inheritdoc cref="Rescaling" path="/summary"/>
    /// <param name="scale">The factor: one, or one for each entry of the last axis.</param>
    /// <param name="offset">Added afterwards: one number, 0 by default, or one for each entry of the last axis.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    public Rescaling(Scaling scale, Scaling? offset = null, string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(name, trainable, dtype)
    {
        ArgumentNullException.ThrowIfNull(scale);
        Scale = scale;
        Offset = offset ?? 0.0;
    }

    /// <summary>What inputs are multiplied by.</summary>
    public Scaling Scale { get; }

    /// <summary>What is added afterwards.</summary>
    public Scaling Offset { get; }

    /// <inheritdoc/>
    protected internal override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        foreach (Scaling values in (Scaling[])[Scale, Offset])
        {
            if (
                values.IsPerChannel
                && values.Count > 1
                && (inputShape.Rank == 0 || (inputShape[-1] is int channels && channels != values.Count))
            )
            {
                throw new ArgumentException(
                    $"The layer '{Name}' has {values.Count} factors or offsets, one for each entry of the last axis, but its input has "
                        + $"the shape {inputShape}."
                );
            }
        }

        return inputShape;
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        Tensor result = Scale.IsPerChannel ? input * Of(Scale, input) : input.Times(Scale[0]);
        return Offset.IsPerChannel ? result.Plus(Of(Offset, input)) : result.Shift(Offset[0]);
    }

    private static Tensor Of(Scaling values, Tensor input) => tensor([.. values], input.dtype, input.device);
}
