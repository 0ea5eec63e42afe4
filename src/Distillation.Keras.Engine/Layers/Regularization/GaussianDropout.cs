using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// In training: multiplies values by normal noise with the mean 1 and the standard deviation sqrt(rate / (1 - rate)). Otherwise the
/// identity.
/// </summary>
/// <remarks>
/// Input and output (batch, ...). Source: <c>keras/src/layers/regularization/gaussian_dropout.py</c>; Srivastava et al. 2014.
/// </remarks>
public sealed class GaussianDropout : BaseNoise
{
    /// <inheritdoc cref="GaussianDropout" path="/summary"/>
    /// <param name="rate">As that of <see cref="Dropout"/>, whose noise has the same deviation, from 0 to 1; 1 at inference alone.</param>
    /// <param name="seed">Makes the layer draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not from 0 to 1.</exception>
    public GaussianDropout(double rate, int? seed = null, string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(seed, name, trainable, dtype) => Rate = CheckedRate(rate, ClassName, "its noise has the deviation sqrt(rate / (1 - rate))");

    /// <summary>What the noise's deviation is made of.</summary>
    public double Rate { get; }

    private protected override double Strength => Rate;

    private protected override Tensor Disturb(Tensor input, CallContext context)
    {
        RefuseAll(Rate);
        return input.mul(Normal(input, context).Scale(Math.Sqrt(Rate / (1 - Rate))).Shift(1));
    }
}
