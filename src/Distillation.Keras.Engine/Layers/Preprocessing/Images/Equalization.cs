using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>In training: spreads the values of each channel, so that all are about as frequent. Otherwise the identity.</summary>
/// <remarks>
/// As in Keras, how frequent values are is counted over all images of a batch, so that what becomes of an image depends on the others. A
/// channel whose values are all in one bin stays as it is. No gradient goes through it. Source:
/// <c>keras/src/layers/preprocessing/image_preprocessing/equalization.py</c>.
/// </remarks>
public sealed class Equalization : BaseImagePreprocessingLayer
{
    /// <inheritdoc cref="Equalization" path="/summary"/>
    /// <param name="value_range">Between which values pixels are; (0, 255) by default.</param>
    /// <param name="bins">How finely values are told apart: at least 1; 256 by default.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public Equalization(
        ValueRange? value_range = null,
        int bins = 256,
        string? data_format = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(data_format, name, trainable, dtype)
    {
        ValueRange = value_range ?? ValueRange.Bytes;
        Bins = Arguments.AtLeast(1, bins);
    }

    /// <summary>Between which values pixels are.</summary>
    public ValueRange ValueRange { get; }

    /// <summary>How finely values are told apart.</summary>
    public int Bins { get; }

    internal override ImageView View(ImageDraws draws) =>
        new(images =>
        {
            Tensor bytes = ImageColors.Mapped(images.to(images.dtype.Wide()), ValueRange, ValueRange.Bytes);
            return ImageColors.Mapped(ImageHistograms.Equalized(bytes, Bins), ValueRange.Bytes, ValueRange);
        });
}
