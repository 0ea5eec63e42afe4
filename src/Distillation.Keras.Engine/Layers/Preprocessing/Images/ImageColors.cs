using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Colours of whole batches: grey, hue, saturation and value. The results are new tensors.</summary>
/// <remarks>
/// Source: <c>keras/src/backend/tensorflow/image.py</c> and <c>tensorflow/core/kernels/image/colorspace_op.h</c>.
/// </remarks>
internal static class ImageColors
{
    // What red, green and blue count for the eye.
    private const double Red = 0.2989;
    private const double Green = 0.5870;
    private const double Blue = 0.1140;

    /// <summary>From 0 to 1.</summary>
    public static ValueRange Unit { get; } = new(0, 1);

    /// <summary>The brightness of colours, with an axis of one channel; what has one channel is grey already.</summary>
    /// <param name="images">Floating-point numbers with one or three channels.</param>
    /// <param name="axis">The axis of the channels.</param>
    public static Tensor Grayscale(Tensor images, int axis) =>
        images.size(axis) == 1
            ? images.clone()
            : images.narrow(axis, 0, 1).Times(Red).AddScaled(images.narrow(axis, 1, 1), Green).AddScaled(images.narrow(axis, 2, 1), Blue);

    /// <summary>Hue, saturation and value of red, green and blue, each plane without the axis of channels.</summary>
    /// <remarks>Hue and saturation are from 0 to 1, and the value is the largest of the three. Grey has a hue of 0.</remarks>
    public static (Tensor Hue, Tensor Saturation, Tensor Value) RgbToHsv(Tensor red, Tensor green, Tensor blue)
    {
        Tensor value = maximum(maximum(red, green), blue);
        Tensor range = value.sub(minimum(minimum(red, green), blue));
        Tensor isBlack = value.IsAtMost(0);
        Tensor isGrey = range.IsAtMost(0);
        Tensor saturation = range.div(value.Replaced(isBlack, 1)).Replaced(isBlack, 0);

        // A sixth of the circle for each of the six sides of the hexagon.
        Tensor norm = range.Replaced(isGrey, 1).reciprocal().Over(6);
        Tensor fromGreen = norm.mul(blue.sub(red)).Plus(2.0 / 6);
        Tensor fromBlue = norm.mul(red.sub(green)).Plus(4.0 / 6);
        Tensor hue = where(red.eq(value), norm.mul(green.sub(blue)), where(green.eq(value), fromGreen, fromBlue)).Replaced(isGrey, 0);
        return (where(hue.IsBelow(0), hue.Plus(1.0), hue), saturation, value);
    }

    /// <summary>Red, green and blue of hue, saturation and value.</summary>
    public static (Tensor Red, Tensor Green, Tensor Blue) HsvToRgb(Tensor hue, Tensor saturation, Tensor value)
    {
        Tensor sixths = hue.Times(6);
        Tensor rest = saturation.Complement();
        return (
            Plane(sixths.Minus(3.0).abs().Minus(1.0)),
            Plane(sixths.Minus(2.0).abs().SubtractedFrom(2)),
            Plane(sixths.Minus(4.0).abs().SubtractedFrom(2))
        );

        Tensor Plane(Tensor share) => value.mul(rest.Plus(saturation.mul(share.Between(0.0, 1.0))));
    }

    /// <summary>Images whose hue, saturation and value are changed: three channels along an axis.</summary>
    /// <param name="images">Red, green and blue.</param>
    /// <param name="axis">The axis of the channels.</param>
    /// <param name="change">Gets the three planes, and gives three.</param>
    public static Tensor InHsv(Tensor images, int axis, Func<Tensor, Tensor, Tensor, (Tensor, Tensor, Tensor)> change)
    {
        (Tensor hue, Tensor saturation, Tensor value) = RgbToHsv(images.select(axis, 0), images.select(axis, 1), images.select(axis, 2));
        (hue, saturation, value) = change(hue, saturation, value);
        (Tensor red, Tensor green, Tensor blue) = HsvToRgb(hue, saturation, value);
        return stack([red, green, blue], axis);
    }

    /// <summary>Values of one range as those of another one, by a straight line; the tensor itself where the two are the same.</summary>
    public static Tensor Mapped(Tensor values, ValueRange from, ValueRange to)
    {
        if (from.Low == to.Low && from.High == to.High)
        {
            return values;
        }

        // Steps that change nothing are left out; the others are Keras', one by one, as what follows may cut off fractions.
        Tensor result = from.Low == 0 ? values : values.Minus(from.Low);
        result = from.High - from.Low == 1 ? result : result.Over(from.High - from.Low);
        result = to.High - to.Low == 1 ? result : result.Times(to.High - to.Low);
        return to.Low == 0 ? result : result.Plus(to.Low);
    }
}
