using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>In training: turns the hue of images round the circle of colours at random. Otherwise the identity.</summary>
/// <remarks>
/// The images have three channels, red, green and blue. Each is turned by half of a number from the factor, to one side or to the other: 1
/// goes half round the circle, to the complementary colours.
/// Source: <c>keras/src/layers/preprocessing/image_preprocessing/random_hue.py</c>.
/// </remarks>
public sealed class RandomHue : RandomColorLayer
{
    /// <inheritdoc cref="RandomHue" path="/summary"/>
    /// <param name="factor">A number from 0 to 1, that is (0, factor), or a range (lower, upper).</param>
    /// <param name="value_range">Between which values pixels are; (0, 255) by default.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="seed">Makes the layer draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public RandomHue(
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
        Factor = factor.Within(0, 1, nameof(factor), ClassName);
    }

    /// <summary>The range from which numbers are drawn.</summary>
    public Factor Factor { get; }

    private protected override IReadOnlyList<int>? AllowedChannels => ImageChannels.Colors;

    internal override ImageView View(ImageDraws draws)
    {
        Tensor side = draws.PerImage().IsAbove(0.5);
        Tensor way = draws.PerImage(Factor).Over(2);
        Tensor turn = where(side, way.neg(), way).squeeze(1);
        return new ImageView(images => Turned(images, turn));
    }

    /// <summary>Images, (batch, channels, height, width), with hues turned by shares of the circle, (batch, 1, 1).</summary>
    internal Tensor Turned(Tensor images, Tensor turn)
    {
        Tensor unit = ImageColors.Mapped(images.to(images.dtype.Wide()), ValueRange, ImageColors.Unit);
        Tensor turned = ImageColors.InHsv(unit, 1, (h, s, v) => (Wrapped(h.Plus(turn)), s, v));
        return ImageColors.Mapped(turned.Between(0.0, 1.0), ImageColors.Unit, ValueRange);
    }

    private static Tensor Wrapped(Tensor hue)
    {
        Tensor below = where(hue.IsAbove(1), hue.Minus(1.0), hue);
        return where(below.IsBelow(0), below.Plus(1.0), below);
    }
}
