using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>In training: inverts the values of images that are above a threshold. Otherwise the identity.</summary>
/// <remarks>
/// Of each value, mapped to 0 to 255, plus an addition and cut to that range, what is at least the threshold becomes 255 minus itself.
/// Addition and threshold are drawn for each image from the lower end of their factors to 255 times the upper one: as in Keras, only the
/// upper end is scaled.
/// Source: <c>keras/src/layers/preprocessing/image_preprocessing/solarization.py</c>.
/// </remarks>
public sealed class Solarization : RandomColorLayer
{
    /// <inheritdoc cref="Solarization" path="/summary"/>
    /// <param name="addition_factor">
    /// What is added: 0 by default. A number from 0 to 1, that is (0, addition_factor), or a range (lower, upper).
    /// </param>
    /// <param name="threshold_factor">
    /// The threshold: 0 by default, with which all is inverted. A number from 0 to 1, that is (0, threshold_factor), or a range (lower,
    /// upper).
    /// </param>
    /// <param name="value_range">Between which values pixels are; (0, 255) by default.</param>
    /// <param name="seed">Makes the layer draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public Solarization(
        Factor? addition_factor = null,
        Factor? threshold_factor = null,
        ValueRange? value_range = null,
        int? seed = null,
        string? data_format = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(value_range, seed, data_format, name, trainable, dtype)
    {
        AdditionFactor = Range(addition_factor, nameof(addition_factor));
        ThresholdFactor = Range(threshold_factor, nameof(threshold_factor));
    }

    /// <summary>The range of what is added.</summary>
    public Factor AdditionFactor { get; }

    /// <summary>The range of the threshold.</summary>
    public Factor ThresholdFactor { get; }

    internal override ImageView View(ImageDraws draws)
    {
        Tensor additions = draws.PerImage(new Factor(AdditionFactor.Lower, AdditionFactor.Upper * 255));
        Tensor thresholds = draws.PerImage(new Factor(ThresholdFactor.Lower, ThresholdFactor.Upper * 255));
        return new ImageView(images => Solarized(images, additions, thresholds));
    }

    /// <summary>Images, (batch, channels, height, width), solarized by numbers of 0 to 255, (batch, 1, 1, 1).</summary>
    internal Tensor Solarized(Tensor images, Tensor additions, Tensor thresholds)
    {
        Tensor bytes = ImageColors.Mapped(images, ValueRange, ValueRange.Bytes).Plus(additions.to(images.dtype)).Between(0.0, 255.0);
        Tensor inverted = where(bytes.lt(thresholds.to(images.dtype)), bytes, bytes.SubtractedFrom(255));
        return ImageColors.Mapped(inverted, ValueRange.Bytes, ValueRange);
    }

    private Factor Range(Factor? factor, string name)
    {
        Factor range = Factor.Checked(factor ?? 0, 0, 1, name, ClassName);
        return range.IsRange ? range.Sorted() : (0, range.Upper);
    }
}
