using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>In training: makes the colours of images stronger or paler at random. Otherwise the identity.</summary>
/// <remarks>
/// The images have three channels, red, green and blue. Their saturation is multiplied by f / (1 - f), with f from the factor: 0.5 changes
/// nothing, 0 or less leaves grey, 1 the strongest colours. As in Keras, the saturation is then cut to the range of values, so that only
/// images with values from 0 to 1 and that <c>value_range</c> keep colours that there are.
/// Source: <c>keras/src/layers/preprocessing/image_preprocessing/random_saturation.py</c>.
/// </remarks>
public sealed class RandomSaturation : RandomColorLayer
{
    /// <inheritdoc cref="RandomSaturation" path="/summary"/>
    /// <param name="factor">A number from -1 to 1, that is (-factor, factor), or a range (lower, upper).</param>
    /// <param name="value_range">Between which values pixels are; (0, 255) by default.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="seed">Makes the layer draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public RandomSaturation(
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

    // Keras' epsilon.
    private const double Epsilon = 1e-7;

    /// <summary>The range from which numbers are drawn.</summary>
    public Factor Factor { get; }

    private protected override IReadOnlyList<int>? AllowedChannels => ImageChannels.Colors;

    internal override ImageView View(ImageDraws draws)
    {
        Tensor factor = draws.PerImage(Factor).squeeze(1);
        Tensor strength = factor.div(factor.Complement().Plus(Epsilon));
        return new ImageView(images => ImageColors.InHsv(images.to(images.dtype.Wide()), 1, (h, s, v) => (h, Clipped(s.mul(strength)), v)));
    }
}
