using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// What the layers share that set values to 0 in training and multiply the others by 1 / (1 - rate): <see cref="Dropout"/> and, for whole
/// channels, <see cref="SpatialDropout2D"/> and its kin.
/// </summary>
/// <remarks>
/// The probability is a multiple of 1 / 65,536, the nearest to the rate (a rate that would so become 0 or 1 is drawn exactly instead); the
/// factor is made of the rate itself. Source: <c>keras/src/layers/regularization/dropout.py</c>; Srivastava et al. 2014.
/// </remarks>
public abstract class BaseDropout : BaseNoise
{
    private protected BaseDropout(double rate, int? seed, string? name, bool trainable, DTypePolicy? dtype)
        : base(seed, name, trainable, dtype) => Rate = CheckedRate(rate, ClassName);

    /// <summary>The share of values that become 0.</summary>
    public double Rate { get; }

    private protected sealed override double Strength => Rate;

    /// <summary>The sizes of the mask for an input: 1 where values share their fate.</summary>
    private protected abstract long[] MaskSizes(Tensor input);

    private protected sealed override Tensor Disturb(Tensor input, CallContext context)
    {
        if (Rate == 1)
        {
            // Not a product with 0, which would keep NaN.
            return zeros_like(input);
        }

        return input.mul(NoiseMask.Kept(MaskSizes(input), Rate, input, Random(context)).Scale(1 / (1 - Rate)));
    }
}
