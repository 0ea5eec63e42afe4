using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>In training: leaves the images fewer different values, those of a few bits. Otherwise the identity.</summary>
/// <remarks>
/// Of each value, mapped to 0 to 255, the highest bits are kept. How many is drawn for each image from the factor: from the lower number
/// up to, without, the upper one, or that number where both are the same.
/// Source: <c>keras/src/layers/preprocessing/image_preprocessing/random_posterization.py</c>.
/// </remarks>
public sealed class RandomPosterization : RandomColorLayer
{
    /// <inheritdoc cref="RandomPosterization" path="/summary"/>
    /// <param name="factor">The bits: a whole number from 1 to 8, that is (1, factor), or a range (lower, upper).</param>
    /// <param name="value_range">Between which values pixels are; (0, 255) by default.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="seed">Makes the layer draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public RandomPosterization(
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
        Factor = factor.Within(1, 8, nameof(factor), ClassName);
        if (Factor.Lower < 1 || Factor.Upper > 8 || Factor.Lower % 1 != 0 || Factor.Upper % 1 != 0)
        {
            throw Factor.Refused(nameof(factor), ClassName, "of bits, a whole one from 1 to 8");
        }
    }

    /// <summary>The range from which numbers of bits are drawn.</summary>
    public Factor Factor { get; }

    /// <inheritdoc/>
    public override JsonObject GetConfig()
    {
        // Keras draws whole numbers, and takes no others for the ends.
        JsonObject config = base.GetConfig();
        config["factor"] = new JsonArray((int)Factor.Lower, (int)Factor.Upper);
        return config;
    }

    internal override ImageView View(ImageDraws draws)
    {
        Tensor bits = draws.PerImage(Factor).floor().Between(Factor.Lower, Math.Max(Factor.Lower, Factor.Upper - 1));
        return new ImageView(images => Cut(images, bits.SubtractedFrom(8)));
    }

    /// <summary>Images, (batch, channels, height, width), without their lowest bits, as many as (batch, 1, 1, 1) says.</summary>
    internal Tensor Cut(Tensor images, Tensor bits)
    {
        Tensor step = bits.exp2();
        Tensor bytes = ImageColors.Mapped(images.to(images.dtype.Wide()), ValueRange, ValueRange.Bytes).Between(0.0, 255.0).floor();
        return ImageColors.Mapped(bytes.div(step).floor().mul(step), ValueRange.Bytes, ValueRange);
    }
}
