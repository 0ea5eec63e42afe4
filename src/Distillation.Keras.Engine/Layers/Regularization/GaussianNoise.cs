using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>In training: adds normal noise with the mean 0. Otherwise the identity.</summary>
/// <remarks>Input and output (batch, ...). Source: <c>keras/src/layers/regularization/gaussian_noise.py</c>.</remarks>
public sealed class GaussianNoise : BaseNoise
{
    /// <inheritdoc cref="GaussianNoise" path="/summary"/>
    /// <param name="stddev">The noise's standard deviation, from 0 to 1.</param>
    /// <param name="seed">Makes the layer draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentOutOfRangeException">The deviation is not from 0 to 1.</exception>
    public GaussianNoise(double stddev, int? seed = null, string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(seed, name, trainable, dtype) => Stddev = Arguments.Fraction(stddev);

    /// <summary>The noise's standard deviation.</summary>
    public double Stddev { get; }

    private protected override double Strength => Stddev;

    private protected override Tensor Disturb(Tensor input, CallContext context) => input.PlusScaled(Normal(input, context), Stddev);
}
