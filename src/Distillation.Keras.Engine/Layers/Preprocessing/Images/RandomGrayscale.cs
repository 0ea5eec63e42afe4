using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>In training: takes the colours from some of the images. Otherwise the identity.</summary>
/// <remarks>
/// The images have three channels, red, green and blue, which all become the brightness, or one, which stays as it is. Images of integers
/// keep their type, and fractions are cut off. Keras does not write the seed into configurations; this class does where it has one. Source:
/// <c>keras/src/layers/preprocessing/image_preprocessing/random_grayscale.py</c>.
/// </remarks>
[ConfigOptional("seed")]
public sealed class RandomGrayscale : RandomImageLayer
{
    /// <inheritdoc cref="RandomGrayscale" path="/summary"/>
    /// <param name="factor">The probability with which an image loses its colours, from 0 to 1; 0.5 by default.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="seed">Makes the layer draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public RandomGrayscale(
        double factor = 0.5,
        string? data_format = null,
        int? seed = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(seed, data_format, name, trainable, dtype) => Factor = Arguments.Fraction(factor);

    /// <summary>The probability with which an image loses its colours.</summary>
    public double Factor { get; }

    private protected override bool KeepsIntegers => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        Shape shape = base.ComputeOutputShape(inputShape);
        ImageChannels.Require(shape, ImageChannels.ColorsOrGrey, this);
        return shape;
    }

    internal override ImageView View(ImageDraws draws)
    {
        Tensor isGrey = draws.PerImage().IsBelow(Factor);
        return new ImageView(images =>
        {
            Tensor numbers = images.is_floating_point() ? images : images.to(ScalarType.Float32);
            return where(isGrey, ImageColors.Grayscale(numbers, 1).to(images.dtype), images);
        });
    }
}
