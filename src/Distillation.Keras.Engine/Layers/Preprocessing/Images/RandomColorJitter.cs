namespace Distillation.Keras.Layers;

/// <summary>
/// In training: changes the brightness, then the contrast, the saturation and the hue of images at random. Otherwise the identity.
/// </summary>
/// <remarks>
/// Each step is what <see cref="RandomBrightness"/>, <see cref="RandomContrast"/>, <see cref="RandomSaturation"/> and
/// <see cref="RandomHue"/> do, and is left out without its factor. With a saturation or a hue, images have three channels, red, green and
/// blue. The steps know the layer's <c>data_format</c>; those of Keras 3.15, by mistake, are not told of it. Source:
/// <c>keras/src/layers/preprocessing/image_preprocessing/random_color_jitter.py</c>.
/// </remarks>
public sealed class RandomColorJitter : RandomColorLayer
{
    private readonly RandomColorLayer[] _steps;

    /// <inheritdoc cref="RandomColorJitter" path="/summary"/>
    /// <param name="value_range">Between which values pixels are; (0, 255) by default.</param>
    /// <param name="brightness_factor">That of <see cref="RandomBrightness"/>, from -1 to 1; by default the brightness stays.</param>
    /// <param name="contrast_factor">That of <see cref="RandomContrast"/>, from 0 to 1; by default the contrast stays.</param>
    /// <param name="saturation_factor">That of <see cref="RandomSaturation"/>, from -1 to 1; by default the saturation stays.</param>
    /// <param name="hue_factor">That of <see cref="RandomHue"/>, from 0 to 1; by default the hue stays.</param>
    /// <param name="seed">Makes the layer draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public RandomColorJitter(
        ValueRange? value_range = null,
        Factor? brightness_factor = null,
        Factor? contrast_factor = null,
        Factor? saturation_factor = null,
        Factor? hue_factor = null,
        int? seed = null,
        string? data_format = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(value_range, seed, data_format, name, trainable, dtype)
    {
        (BrightnessFactor, ContrastFactor) = (brightness_factor, contrast_factor);
        (SaturationFactor, HueFactor) = (saturation_factor, hue_factor);
        RandomColorLayer?[] steps =
        [
            Within(brightness_factor, -1, nameof(brightness_factor)) is Factor b
                ? new RandomBrightness(b, ValueRange, data_format: DataFormat)
                : null,
            Within(contrast_factor, 0, nameof(contrast_factor)) is Factor c
                ? new RandomContrast(c, ValueRange, data_format: DataFormat)
                : null,
            Within(saturation_factor, -1, nameof(saturation_factor)) is Factor s ? new RandomSaturation(s, ValueRange, DataFormat) : null,
            Within(hue_factor, 0, nameof(hue_factor)) is Factor h ? new RandomHue(h, ValueRange, DataFormat) : null,
        ];
        _steps = [.. steps.OfType<RandomColorLayer>()];
    }

    /// <summary>The factor of the brightness, if that changes.</summary>
    public Factor? BrightnessFactor { get; }

    /// <summary>The factor of the contrast, if that changes.</summary>
    public Factor? ContrastFactor { get; }

    /// <summary>The factor of the saturation, if that changes.</summary>
    public Factor? SaturationFactor { get; }

    /// <summary>The factor of the hue, if that changes.</summary>
    public Factor? HueFactor { get; }

    private protected override IReadOnlyList<int>? AllowedChannels =>
        SaturationFactor is null && HueFactor is null ? null : ImageChannels.Colors;

    internal override ImageView View(ImageDraws draws)
    {
        if (_steps.Length == 0)
        {
            return ImageView.Identity;
        }

        ImageView[] views = Array.ConvertAll(_steps, s => s.View(draws));
        return new ImageView(images => views.Aggregate(images, (x, v) => v.OfImages(x).to(x.dtype)));
    }

    private Factor? Within(Factor? factor, double least, string argument) => factor?.Within(least, 1, argument, ClassName);
}
