using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>In training: sets values to 0 at random and multiplies the others by 1 / (1 - rate). Otherwise the identity.</summary>
/// <remarks>
/// <para>Input and output (batch, ...). At inference, and with a rate of 0, it returns its input itself.</para>
/// <para>
/// The probability is a multiple of 1 / 65,536, the nearest to the rate (a rate that would so become 0 or 1 is drawn exactly instead); the
/// factor is made of the rate itself. Source: <c>keras/src/layers/regularization/dropout.py</c>; Srivastava et al. 2014.
/// </para>
/// </remarks>
public sealed class Dropout : BaseDropout
{
    /// <inheritdoc cref="Dropout" path="/summary"/>
    /// <param name="rate">The share of values that become 0, from 0 to 1.</param>
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
    public Dropout(
        double rate,
        Shape? noise_shape = null,
        int? seed = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(rate, seed, name, trainable, dtype) => NoiseShape = NoiseMask.Checked(noise_shape, ClassName);

    /// <summary>The shape of the mask, or <see langword="null"/> for the input's.</summary>
    public Shape? NoiseShape { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return NoiseMask.Require(NoiseShape, inputShape, this);
    }

    private protected override long[] MaskSizes(Tensor input) => NoiseMask.Sizes(NoiseShape, input, this);
}
