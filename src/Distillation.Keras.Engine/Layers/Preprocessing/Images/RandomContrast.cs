using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>In training: moves the values of each channel away from their mean, or towards it, at random. Otherwise the identity.</summary>
/// <remarks>
/// x becomes (x - mean) · f + mean, cut to the range of values, with the mean of the channel of the image, and f from 1 - lower to
/// 1 + upper of the factor, one for each image. Of (0.2, 0.2) that is from 0.8 to 1.2.
/// Source: <c>keras/src/layers/preprocessing/image_preprocessing/random_contrast.py</c>.
/// </remarks>
public sealed class RandomContrast : RandomColorLayer
{
    /// <inheritdoc cref="RandomContrast" path="/summary"/>
    /// <param name="factor">A number from 0 to 1, that is (0, factor), or a range (lower, upper).</param>
    /// <param name="value_range">Between which values pixels are; (0, 255) by default.</param>
    /// <param name="seed">Makes the layer draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public RandomContrast(
        Factor factor,
        ValueRange? value_range = null,
        int? seed = null,
        string? data_format = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(value_range, seed, data_format, name, trainable, dtype)
    {
        ArgumentNullException.ThrowIfNull(factor);
        Factor = factor.Within(0, 1, nameof(factor), ClassName);
    }

    /// <summary>The range: how much contrast is lost, and how much is gained.</summary>
    public Factor Factor { get; }

    internal override ImageView View(ImageDraws draws)
    {
        Tensor contrast = draws.PerImage(new Factor(1 - Factor.Lower, 1 + Factor.Upper));
        return new ImageView(images =>
        {
            Tensor mean = images.mean([2, 3], keepdim: true);
            return Clipped(images.sub(mean).mul(contrast.to(images.dtype)).Plus(mean));
        });
    }
}
