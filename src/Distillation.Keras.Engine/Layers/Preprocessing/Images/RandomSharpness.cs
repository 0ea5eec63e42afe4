using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>In training: blurs or sharpens images at random. Otherwise the identity.</summary>
/// <remarks>
/// x becomes x + (1 - 2f) · (blurred - x), cut to the range of values, with f from the factor: 0 blurs, 0.5 changes nothing, 1 sharpens.
/// The blur is a weighted mean of a pixel (5 of 13) and its eight neighbours (1 of 13 each); there are zeros beyond the border.
/// Source: <c>keras/src/layers/preprocessing/image_preprocessing/random_sharpness.py</c>.
/// </remarks>
public sealed class RandomSharpness : RandomColorLayer
{
    /// <inheritdoc cref="RandomSharpness" path="/summary"/>
    /// <param name="factor">A number from 0 to 1, that is (0, factor), or a range (lower, upper).</param>
    /// <param name="value_range">Between which values pixels are; (0, 255) by default.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="seed">Makes the layer draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public RandomSharpness(
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

    private const float Neighbour = 1f / 13;
    private const float Centre = 5f / 13;

    private static readonly float[,] Blur =
    {
        { Neighbour, Neighbour, Neighbour },
        { Neighbour, Centre, Neighbour },
        { Neighbour, Neighbour, Neighbour },
    };

    /// <summary>The range from which numbers are drawn.</summary>
    public Factor Factor { get; }

    internal override ImageView View(ImageDraws draws)
    {
        Tensor share = draws.PerImage(Factor).Times(2).Complement();
        return new ImageView(images => Clipped(images.Plus(share.to(images.dtype).mul(ImageFilters.Filtered(images, Blur).sub(images)))));
    }
}
