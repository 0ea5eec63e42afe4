using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Images of another size, as TensorFlow-backed Keras makes them.</summary>
/// <remarks>
/// Pixels are squares, whose centres are compared. Source: <c>resize</c> of <c>keras/src/backend/tensorflow/image.py</c>, and
/// <c>tensorflow/core/kernels/image/resize_bilinear_op.cc</c>.
/// </remarks>
/// <param name="Interpolation">One of <see cref="Words"/>.</param>
/// <param name="Antialias">Whether all pixels count where the image shrinks; without effect on <c>nearest</c> and <c>area</c>.</param>
/// <param name="Crop">Whether what is too wide or too high for the new aspect ratio is cut off first.</param>
/// <param name="Pad">Whether the image is padded to the new aspect ratio first.</param>
/// <param name="FillValue">What it is padded with.</param>
internal sealed record ImageResizing(
    string Interpolation = ImageResizing.Bilinear,
    bool Antialias = false,
    bool Crop = false,
    bool Pad = false,
    double FillValue = 0
)
{
    public const string Bilinear = "bilinear";
    public const string Nearest = "nearest";
    public const string Constant = "constant";
    private const string Area = "area";

    /// <summary>The words of interpolations.</summary>
    public static IReadOnlyList<string> Words { get; } = [Nearest, .. Interpolations.Names, Area];

    /// <summary>Refuses what Keras does.</summary>
    /// <param name="interpolation">The word.</param>
    /// <param name="crop">Whether images are cropped.</param>
    /// <param name="pad">Whether images are padded.</param>
    /// <param name="fillMode">The word for how they are padded.</param>
    /// <param name="owner">Whose arguments they are.</param>
    public static void Check(string interpolation, bool crop, bool pad, string fillMode, string owner)
    {
        ImageSampling.OneOf(interpolation, Words, "interpolation", owner);
        ImageSampling.OneOf(fillMode, [Constant], "fill_mode", owner);
        if (crop && pad)
        {
            throw new ArgumentException(
                $"{owner} either crops to the aspect ratio or pads to it, but both crop_to_aspect_ratio and pad_to_aspect_ratio were "
                    + "given.",
                "pad_to_aspect_ratio"
            );
        }
    }

    /// <summary>Images of the new size, in their own type: integers are rounded, and stay within their type.</summary>
    /// <param name="images">(batch, channels, height, width).</param>
    /// <param name="height">The new height.</param>
    /// <param name="width">The new width.</param>
    public Tensor Resize(Tensor images, int height, int width)
    {
        Tensor fitted =
            Crop ? Cropped(images, height, width)
            : Pad ? Padded(images, height, width)
            : images;
        int oldHeight = (int)fitted.size(2);
        int oldWidth = (int)fitted.size(3);
        if ((oldHeight, oldWidth) == (height, width))
        {
            return fitted;
        }

        if (Interpolation == Nearest)
        {
            return Selected(Selected(fitted, 2, Interpolations.Nearest(oldHeight, height)), 3, Interpolations.Nearest(oldWidth, width));
        }

        Tensor x = fitted.dtype is ScalarType.Float32 or ScalarType.Float64 ? fitted : fitted.to(ScalarType.Float32);
        Tensor resized;
        if (Interpolation == Bilinear && !Antialias)
        {
            resized = fitted.is_floating_point()
                ? nn.functional.interpolate(x, [height, width], mode: InterpolationMode.Bilinear, align_corners: false)
                : Along(Along(x, 3, width), 2, height);
        }
        else
        {
            Tensor rows = Interpolations.Weights(Interpolation, oldHeight, height, Antialias, x);
            Tensor columns = Interpolations.Weights(Interpolation, oldWidth, width, Antialias, x);
            resized = rows.matmul(x).matmul(columns.t());
        }

        return Saturated(resized, images.dtype);
    }

    /// <summary>The largest window in the middle of the images that has the aspect ratio of the new size.</summary>
    public static Tensor Cropped(Tensor images, int height, int width)
    {
        int oldHeight = (int)images.size(2);
        int oldWidth = (int)images.size(3);
        int cropHeight = Math.Max(Math.Min(oldHeight, Scaled(oldWidth, height, width)), 1);
        int cropWidth = Math.Max(Math.Min(oldWidth, Scaled(oldHeight, width, height)), 1);
        return images.narrow(2, (oldHeight - cropHeight) / 2, cropHeight).narrow(3, (oldWidth - cropWidth) / 2, cropWidth);
    }

    private static int Scaled(int size, int by, int over) => (int)((float)((long)size * by) / over);

    // As integers with ties: the same sums in the same order as TensorFlow's, so that they round alike.
    private static Tensor Along(Tensor x, int axis, int target)
    {
        (long[] lower, long[] upper, float[] distance) = Interpolations.Between((int)x.size(axis), target);
        long[] sizes = [1, 1, 1, 1];
        sizes[axis] = target;
        Tensor first = Selected(x, axis, lower);
        Tensor by = tensor(distance, device: x.device).view(sizes);
        return Selected(x, axis, upper).sub_(first).mul_(by).Accumulate(first);
    }

    private static Tensor Selected(Tensor x, int axis, long[] indices) => x.index_select(axis, tensor(indices, device: x.device));

    private static Tensor Saturated(Tensor x, ScalarType type)
    {
        (double Least, double Most)? bounds = type switch
        {
            ScalarType.Byte => (byte.MinValue, byte.MaxValue),
            ScalarType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
            ScalarType.Int16 => (short.MinValue, short.MaxValue),
            ScalarType.Int32 => (int.MinValue, int.MaxValue),
            ScalarType.Int64 => (long.MinValue, Math.BitDecrement(9223372036854775808.0)),
            _ => null,
        };
        return bounds is not (double least, double most) ? x.to(type)
            : type is ScalarType.Int32 or ScalarType.Int64 ? x.to(ScalarType.Float64).round().Between(least, most).to(type)
            : x.round().Between(least, most).to(type);
    }

    private Tensor Padded(Tensor images, int height, int width)
    {
        int oldHeight = (int)images.size(2);
        int oldWidth = (int)images.size(3);
        int above = (Math.Max(oldHeight, Scaled(oldWidth, height, width)) - oldHeight) / 2;
        int left = (Math.Max(oldWidth, Scaled(oldHeight, width, height)) - oldWidth) / 2;
        return above == 0 && left == 0 ? images : Spatial.Pad(images, [(above, above), (left, left)], 2, FillValue);
    }
}
