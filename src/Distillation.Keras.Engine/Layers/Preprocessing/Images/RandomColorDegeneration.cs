using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>In training: takes colour from images at random. Otherwise the identity.</summary>
/// <remarks>
/// The images have three channels, red, green and blue, or one, grey already. Each becomes x + f · (grey - x), cut to the range of values,
/// with f from the factor: 0 changes nothing, 1 leaves grey, and a negative one strengthens the colours.
/// Source: <c>keras/src/layers/preprocessing/image_preprocessing/random_color_degeneration.py</c>.
/// </remarks>
public sealed class RandomColorDegeneration : RandomColorLayer
{
    /// <inheritdoc cref="RandomColorDegeneration" path="/summary"/>
    /// <param name="factor">A number from -1 to 1, that is (-factor, factor), or a range (lower, upper).</param>
    /// <param name="value_range">Between which values pixels are; (0, 255) by default.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="seed">Makes the layer draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public RandomColorDegeneration(
        Factor factor,
        ValueRange? value_range = null,
        string? data_format = null,
        int? seed = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(value_range, seed, data_format, name, trainable, dtype)
    {
        ArgumentNullException.ThrowIfNull(factor);
        Factor = factor.Within(-1, 1, nameof(factor), ClassName);
    }

    /// <summary>The range from which numbers are drawn.</summary>
    public Factor Factor { get; }

    private protected override IReadOnlyList<int>? AllowedChannels => ImageChannels.ColorsOrGrey;

    internal override ImageView View(ImageDraws draws)
    {
        Tensor factor = draws.PerImage(Factor);
        return new ImageView(images => Clipped(images.Plus(factor.to(images.dtype).mul(ImageColors.Grayscale(images, 1).sub(images)))));
    }
}
