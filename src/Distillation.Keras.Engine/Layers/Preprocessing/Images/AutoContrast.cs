using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Stretches the values of each channel of each image, so that they fill the whole range; also at inference.</summary>
/// <remarks>
/// A channel with one value alone stays as it is. The least and the greatest value are those of the height and width in both data formats;
/// in Keras 3.15, with <c>channels_first</c>, they are by mistake those of the channels and the height. Source:
/// <c>keras/src/layers/preprocessing/image_preprocessing/auto_contrast.py</c>.
/// </remarks>
public sealed class AutoContrast : BaseImagePreprocessingLayer
{
    /// <inheritdoc cref="AutoContrast" path="/summary"/>
    /// <param name="value_range">Between which values pixels are; (0, 255) by default.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public AutoContrast(
        ValueRange? value_range = null,
        string? data_format = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(data_format, name, trainable, dtype) => ValueRange = value_range ?? ValueRange.Bytes;

    /// <summary>Between which values pixels are.</summary>
    public ValueRange ValueRange { get; }

    private protected override bool ActsAtInference => true;

    internal override ImageView View(ImageDraws draws) => new(Stretched);

    private Tensor Stretched(Tensor images)
    {
        Tensor bytes = ImageColors.Mapped(images, ValueRange, ValueRange.Bytes);
        Tensor low = bytes.amin([2, 3], keepdim: true);
        Tensor scale = low.FilledLike(255).div(bytes.amax([2, 3], keepdim: true).sub(low));
        Tensor stretched = bytes.mul(scale).sub(low.mul(scale)).Between(0.0, 255.0);
        Tensor result = ImageColors.Mapped(stretched, ValueRange.Bytes, ValueRange);
        return where(result.isnan(), images, result);
    }
}
