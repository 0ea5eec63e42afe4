using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>In training: turns some of the images into their negatives. Otherwise the identity.</summary>
/// <remarks>
/// x becomes the upper end of the range of values minus x. For each image a probability is drawn from the factor, and then whether it is
/// inverted.
/// Source: <c>keras/src/layers/preprocessing/image_preprocessing/random_invert.py</c>.
/// </remarks>
public sealed class RandomInvert : RandomColorLayer
{
    /// <inheritdoc cref="RandomInvert" path="/summary"/>
    /// <param name="factor">The probability: 1 by default. A number from 0 to 1, that is (0, factor), or a range (lower, upper).</param>
    /// <param name="value_range">Between which values pixels are; (0, 255) by default.</param>
    /// <param name="seed">Makes the layer draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public RandomInvert(
        Factor? factor = null,
        ValueRange? value_range = null,
        int? seed = null,
        string? data_format = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(value_range, seed, data_format, name, trainable, dtype)
    {
        Factor = (factor ?? 1.0).Within(0, 1, nameof(factor), ClassName);
    }

    /// <summary>The range from which probabilities are drawn.</summary>
    public Factor Factor { get; }

    internal override ImageView View(ImageDraws draws)
    {
        Tensor probability = draws.PerImage(Factor);
        Tensor inverts = draws.PerImage().lt(probability);
        return new ImageView(images => where(inverts, images.SubtractedFrom(ValueRange.High), images));
    }
}
