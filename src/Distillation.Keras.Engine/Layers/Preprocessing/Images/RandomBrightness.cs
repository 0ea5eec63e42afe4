using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>In training: makes images lighter or darker at random. Otherwise the identity.</summary>
/// <remarks>
/// To all values of an image the same is added, a number from the factor times the width of the range of values, and the result is cut to
/// that range: with -1 the image is black, with 1 it is white.
/// Source: <c>keras/src/layers/preprocessing/image_preprocessing/random_brightness.py</c>.
/// </remarks>
public sealed class RandomBrightness : RandomColorLayer
{
    /// <inheritdoc cref="RandomBrightness" path="/summary"/>
    /// <param name="factor">A number from -1 to 1, that is (-factor, factor), or a range (lower, upper).</param>
    /// <param name="value_range">Between which values pixels are; (0, 255) by default.</param>
    /// <param name="seed">Makes the layer draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public RandomBrightness(
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
        Factor = factor.Within(-1, 1, nameof(factor), ClassName);
    }

    /// <summary>The range from which numbers are drawn.</summary>
    public Factor Factor { get; }

    internal override ImageView View(ImageDraws draws)
    {
        Tensor light = draws.PerImage(Factor).Times(ValueRange.High - ValueRange.Low);
        return new ImageView(images => Clipped(images.Plus(light.to(images.dtype))));
    }
}
