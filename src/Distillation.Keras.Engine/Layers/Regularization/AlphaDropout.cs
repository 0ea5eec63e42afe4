using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// In training: sets values at random to what <c>selu</c> makes of minus infinity, and scales and shifts all so that a mean of 0 and a
/// variance of 1 stay what they are. Otherwise the identity.
/// </summary>
/// <remarks>
/// Input and output (batch, ...). Source: <c>keras/src/layers/regularization/alpha_dropout.py</c>; Klambauer et al., arXiv 1706.02515.
/// </remarks>
public sealed class AlphaDropout : BaseNoise
{
    // -alpha * scale of selu.
    private const double Dropped = -1.6732632423543772848170429916717 * 1.0507009873554804934193349852946;

    /// <inheritdoc cref="AlphaDropout" path="/summary"/>
    /// <param name="rate">The share of values that are dropped, from 0 to 1; 1 at inference alone.</param>
    /// <param name="noise_shape">
    /// The shape of the mask, with the batch axis: a 1 where values share their fate, <see langword="null"/> or the input's size elsewhere.
    /// By default every value has its own.
    /// </param>
    /// <param name="seed">Makes the layer draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not from 0 to 1.</exception>
    /// <exception cref="ArgumentException">A size of <paramref name="noise_shape"/> is 0.</exception>
    public AlphaDropout(
        double rate,
        Shape? noise_shape = null,
        int? seed = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(seed, name, trainable, dtype)
    {
        Rate = CheckedRate(rate, ClassName, "the share of values that are dropped");
        NoiseShape = NoiseMask.Checked(noise_shape, ClassName);
    }

    /// <summary>The share of values that are dropped.</summary>
    public double Rate { get; }

    /// <summary>The shape of the mask, or <see langword="null"/> for the input's.</summary>
    public Shape? NoiseShape { get; }

    private protected override double Strength => Rate;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return NoiseMask.Require(NoiseShape, inputShape, this);
    }

    private protected override Tensor Disturb(Tensor input, CallContext context)
    {
        RefuseAll(Rate);
        Tensor kept = NoiseMask.Kept(NoiseMask.Sizes(NoiseShape, input, this), Rate, input, Random(context));
        double a = 1 / Math.Sqrt((1 - Rate) * (1 + (Rate * Dropped * Dropped)));
        double b = -a * Dropped * Rate;

        // a * (x * kept + dropped * (1 - kept)) + b
        return input.mul(kept.Times(a)).Accumulate(kept.Scale(-a * Dropped).Shift((a * Dropped) + b));
    }
}
