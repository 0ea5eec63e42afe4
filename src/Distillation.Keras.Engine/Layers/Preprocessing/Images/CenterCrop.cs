using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>The middle of images. What is smaller than the crop is enlarged first, without distortion.</summary>
/// <remarks>
/// Input (batch, height, width, channels) or (height, width, channels), output of the same rank with the crop's height and width; with
/// <c>channels_first</c> the channels come first. Of an image that is too small in one direction the largest window of the crop's aspect
/// ratio is resized, <c>bilinear</c>. Acts in training and at inference. Source:
/// <c>keras/src/layers/preprocessing/image_preprocessing/center_crop.py</c>.
/// </remarks>
public sealed class CenterCrop : BaseImagePreprocessingLayer
{
    /// <inheritdoc cref="CenterCrop" path="/summary"/>
    /// <param name="height">The crop's height, at least 1.</param>
    /// <param name="width">The crop's width, at least 1.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public CenterCrop(
        int height,
        int width,
        string? data_format = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(data_format, name, trainable, dtype)
    {
        Height = Arguments.AtLeast(1, height);
        Width = Arguments.AtLeast(1, width);
    }

    /// <summary>The crop's height.</summary>
    public int Height { get; }

    /// <summary>The crop's width.</summary>
    public int Width { get; }

    private protected override bool ActsAtInference => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => Resized(base.ComputeOutputShape(inputShape), Height, Width);

    internal override ImageView View(ImageDraws draws)
    {
        return new ImageView(x => Crop(x, ImageResizing.Bilinear), OfMasks: x => Crop(x, ImageResizing.Nearest));

        Tensor Crop(Tensor images, string interpolation) =>
            draws.Height >= Height && draws.Width >= Width
                ? images.narrow(2, (draws.Height - Height) / 2, Height).narrow(3, (draws.Width - Width) / 2, Width)
                : new ImageResizing(interpolation, Crop: true).Resize(images, Height, Width);
    }
}
