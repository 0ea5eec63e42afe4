using Distillation.Keras.Backend;
using Distillation.Keras.Layers;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <content>Colours and blurs.</content>
public static partial class ImageOps
{
    /// <summary>The brightness of coloured images, with one channel.</summary>
    /// <param name="images">Red, green and blue, of any real type but bool; images of one channel come back as they are.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <returns>Images of one channel, of the same type: of integers fractions are cut off.</returns>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public static Tensor RgbToGrayscale(Tensor images, string? data_format = null) =>
        On(
            images,
            data_format,
            "ImageOps.RgbToGrayscale",
            x =>
            {
                Tensor colors = OfChannels(x, ImageChannels.ColorsOrGrey, "RgbToGrayscale");
                return ImageColors
                    .Grayscale(x.is_floating_point() || x.size(1) == 1 ? colors : colors.to(ScalarType.Float32), 1)
                    .to(x.dtype);
            }
        );

    /// <summary>Hue, saturation and value of coloured images.</summary>
    /// <remarks>
    /// Hue and saturation are from 0 to 1, the value is the largest of the three colours. Grey has a hue of 0, black a saturation of 0.
    /// </remarks>
    /// <param name="images">Red, green and blue: floating-point numbers.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <returns>Images of the same shape.</returns>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public static Tensor RgbToHsv(Tensor images, string? data_format = null) =>
        On(
            TensorGuard.Floating(images),
            data_format,
            "ImageOps.RgbToHsv",
            x =>
            {
                Tensor[] planes = OfChannels(x, ImageChannels.Colors, "RgbToHsv").unbind(1);
                (Tensor hue, Tensor saturation, Tensor value) = ImageColors.RgbToHsv(planes[0], planes[1], planes[2]);
                return stack([hue, saturation, value], 1);
            }
        );

    /// <summary>Red, green and blue of hue, saturation and value.</summary>
    /// <param name="images">Hue and saturation, from 0 to 1, and value: floating-point numbers.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <returns>Images of the same shape.</returns>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public static Tensor HsvToRgb(Tensor images, string? data_format = null) =>
        On(
            TensorGuard.Floating(images),
            data_format,
            "ImageOps.HsvToRgb",
            x =>
            {
                Tensor[] planes = OfChannels(x, ImageChannels.Colors, "HsvToRgb").unbind(1);
                (Tensor red, Tensor green, Tensor blue) = ImageColors.HsvToRgb(planes[0], planes[1], planes[2]);
                return stack([red, green, blue], 1);
            }
        );

    /// <summary>Images blurred by a Gaussian, with zeros beyond the border.</summary>
    /// <param name="images">Floating-point numbers, of any number of channels.</param>
    /// <param name="kernel_size">
    /// The sizes of the window along the width and the height; (3, 3) by default. Keras' documentation names the height first, but its
    /// backends do as here; where the two differ, TensorFlow and PyTorch compute something that is no Gaussian, and numpy and JAX what is
    /// computed here.
    /// </param>
    /// <param name="sigma">The standard deviations along the width and the height, greater than 0; (1, 1) by default.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <returns>Images of the same shape.</returns>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public static Tensor GaussianBlur(Tensor images, Size? kernel_size = null, (double, double)? sigma = null, string? data_format = null)
    {
        Size size = (kernel_size ?? 3).Expand(2, nameof(kernel_size));
        (double width, double height) = sigma ?? (1, 1);
        (double, double) deviations = (Arguments.Positive(width, nameof(sigma)), Arguments.Positive(height, nameof(sigma)));
        return On(
            TensorGuard.Floating(images),
            data_format,
            "ImageOps.GaussianBlur",
            x => ImageFilters.Filtered(x, ImageFilters.Gaussian((size[0], size[1]), deviations))
        );
    }

    private static Tensor OfChannels(Tensor images, IReadOnlyList<int> allowed, string function) =>
        allowed.Contains((int)images.size(1))
            ? images
            : throw new ArgumentException(
                Invariant(
                    $"ImageOps.{function} takes images with {string.Join(" or ", allowed)} channels, but there are {images.size(1)}. Look "
                        + $"at the data_format."
                ),
                nameof(images)
            );
}
