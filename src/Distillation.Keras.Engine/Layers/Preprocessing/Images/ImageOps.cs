using Distillation.Keras.Backend;
using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <summary>Keras' functions on images: <c>keras.ops.image</c>.</summary>
/// <remarks>
/// Each takes (batch, height, width, channels), or (height, width, channels) for one image; with <c>channels_first</c> the channels come
/// before height and width. The result has the type of the images and belongs to the caller; gradients flow. The numbers are those of
/// TensorFlow-backed Keras. Source: <c>keras/src/ops/image.py</c>. Thread-safe.
/// </remarks>
public static partial class ImageOps
{
    /// <summary>Images of another size.</summary>
    /// <param name="images">The images: any real type but bool.</param>
    /// <param name="size">The new height and width.</param>
    /// <param name="interpolation">
    /// <c>"bilinear"</c> (the default), <c>"nearest"</c>, <c>"bicubic"</c>, <c>"lanczos3"</c>, <c>"lanczos5"</c> or <c>"area"</c>.
    /// </param>
    /// <param name="antialias">Whether all pixels count where images shrink; without effect on <c>nearest</c> and <c>area</c>.</param>
    /// <param name="crop_to_aspect_ratio">Whether the largest window of the new aspect ratio is taken first, from the middle.</param>
    /// <param name="pad_to_aspect_ratio">Whether images are padded to the new aspect ratio first, evenly on both sides.</param>
    /// <param name="fill_mode"><c>"constant"</c>, the only one.</param>
    /// <param name="fill_value">What images are padded with.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <returns>Integers are rounded, half to even, and stay within their type.</returns>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public static Tensor Resize(
        Tensor images,
        Size size,
        string interpolation = ImageResizing.Bilinear,
        bool antialias = false,
        bool crop_to_aspect_ratio = false,
        bool pad_to_aspect_ratio = false,
        string fill_mode = ImageResizing.Constant,
        double fill_value = 0.0,
        string? data_format = null
    )
    {
        const string Name = "ImageOps.Resize";
        ArgumentNullException.ThrowIfNull(size);
        ImageResizing.Check(interpolation, crop_to_aspect_ratio, pad_to_aspect_ratio, fill_mode, Name);
        Size target = size.Expand(2, nameof(size));
        var resizing = new ImageResizing(interpolation, antialias, crop_to_aspect_ratio, pad_to_aspect_ratio, Arguments.Finite(fill_value));
        return On(images, data_format, Name, x => resizing.Resize(x, target[0], target[1]));
    }

    /// <summary>
    /// Images whose pixel (x, y) is read at ((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k) of the input, with k = c0 x + c1 y + 1.
    /// </summary>
    /// <param name="images">The images: any real type but bool.</param>
    /// <param name="transform">
    /// a0, a1, a2, b0, b1, b2, c0, c1: (8) for all images, or (batch, 8). Used as float32, without gradients.
    /// </param>
    /// <param name="interpolation"><c>"bilinear"</c> (the default) or <c>"nearest"</c>.</param>
    /// <param name="fill_mode">
    /// What lies outside of an image: <c>"constant"</c> (the default), <c>"nearest"</c> (the border), <c>"wrap"</c> (the image again),
    /// <c>"reflect"</c> (d c b a | a b c d | d c b a) or <c>"mirror"</c> (c d c b | a b c d | c b a b).
    /// </param>
    /// <param name="fill_value">What lies outside, for <c>"constant"</c>.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <returns>Images of the same shape. Integers lose their fraction with <c>bilinear</c>, as in TensorFlow.</returns>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public static Tensor AffineTransform(
        Tensor images,
        Tensor transform,
        string interpolation = ImageResizing.Bilinear,
        string fill_mode = ImageResizing.Constant,
        double fill_value = 0,
        string? data_format = null
    )
    {
        const string Name = "ImageOps.AffineTransform";
        ArgumentNullException.ThrowIfNull(images);
        TensorGuard.Numbers(transform);
        ImageSampling.OneOf(interpolation, ImageSampling.Words, nameof(interpolation), Name);
        ImageSampling.OneOf(fill_mode, [.. ImageSampling.FillModes, ImageSampling.Mirror], nameof(fill_mode), Name);
        var sampling = new ImageSampling(interpolation, fill_mode, Arguments.Finite(fill_value));
        long batch = images.dim() == 4 ? images.size(0) : 1;
        long[] sizes = transform.shape;
        if (sizes is not ([8] or [1, 8]) && !(sizes is [long rows, 8] && rows == batch))
        {
            throw new ArgumentException(
                Invariant(
                    $"{Name} takes the 8 numbers of a transform, or those of each of the {batch} images, ({batch}, 8), but the shape of "
                        + $"'transform' is {Shape.FromSizes(sizes)}."
                ),
                nameof(transform)
            );
        }

        return On(
            images,
            data_format,
            Name,
            x => sampling.Transform(x, transform.detach().to(ScalarType.Float32).to(x.device).reshape(-1, 8), isAffine: false)
        );
    }

    private static Tensor On(Tensor images, string? data_format, string name, Func<Tensor, Tensor> change)
    {
        TensorGuard.Numbers(images);
        string format = Spatial.DataFormat(data_format, name);
        if (images.dim() is not (3 or 4) || images.shape.AsSpan()[^3..].Contains(0))
        {
            throw new ArgumentException(
                Invariant(
                    $"{name} takes an image of 3 axes or a batch of images with 4, with at least one pixel and channel, but the shape of "
                        + $"'images' is {Shape.FromSizes(images.shape)}."
                ),
                nameof(images)
            );
        }

        using DisposeScope scope = NewDisposeScope();
        bool isBatch = images.dim() == 4;
        Tensor result = Spatial.FromNative(change(Spatial.ToNative(isBatch ? images : images.unsqueeze(0), 2, format)), 2, format);
        return (isBatch ? result : result.squeeze(0)).MoveToOuterDisposeScope();
    }
}
