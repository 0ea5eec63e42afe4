using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Images whose pixels are read at other places of them.</summary>
/// <remarks>
/// Source: <c>tensorflow/core/kernels/image/image_ops.h</c> (ImageProjectiveTransformV3); <c>mirror</c> as
/// <c>map_coordinates</c> of <c>keras/src/ops/image.py</c> has it.
/// </remarks>
/// <param name="Interpolation"><c>nearest</c> or <c>bilinear</c>.</param>
/// <param name="FillMode">One of <see cref="FillModes"/>, or <see cref="Mirror"/>.</param>
/// <param name="FillValue">What lies outside, for <c>constant</c>.</param>
internal sealed record ImageSampling(string Interpolation, string FillMode, double FillValue)
{
    public const string Mirror = "mirror";
    private const string Bilinear = ImageResizing.Bilinear;
    private const string Nearest = ImageResizing.Nearest;
    private const string Constant = ImageResizing.Constant;
    private const string Reflect = "reflect";
    private const string Wrap = "wrap";

    /// <summary>The words for what lies outside of an image that layers take.</summary>
    public static IReadOnlyList<string> FillModes { get; } = [Reflect, Wrap, Constant, Nearest];

    /// <summary>The words for how values between pixels are found.</summary>
    public static IReadOnlyList<string> Words { get; } = [Nearest, Bilinear];

    /// <summary>Refuses a word that is none of those.</summary>
    public static string OneOf(string value, IReadOnlyList<string> words, string name, string owner)
    {
        ArgumentNullException.ThrowIfNull(value, name);
        return words.Contains(value)
            ? value
            : throw new ArgumentException(
                $"The {name} of {owner} is {string.Join(", ", words.Select(w => $"\"{w}\""))}{(words.Count == 1 ? " alone" : "")}, but "
                    + $"\"{value}\" was given.{Backend.Nearest.Sentence(value, words)}",
                name
            );
    }

    /// <summary>Each pixel (x, y) of the result is read at ((a0 x + a1 y + a2) / k, (a3 x + a4 y + a5) / k), k = a6 x + a7 y + 1.</summary>
    /// <param name="images">(batch, channels, height, width).</param>
    /// <param name="transforms">(batch, 8) or (1, 8): the numbers a0 to a7, float32.</param>
    /// <param name="isAffine">Whether a6 and a7 are known to be 0.</param>
    public Tensor Transform(Tensor images, Tensor transforms, bool isAffine)
    {
        Tensor columns = Arithmetic.Range(0, images.size(3), ScalarType.Float32, images.device).view(1, 1, -1);
        Tensor rows = Arithmetic.Range(0, images.size(2), ScalarType.Float32, images.device).view(1, -1, 1);
        Tensor A(int i) => transforms.select(1, i).reshape(-1, 1, 1);
        Tensor Along(int i) => A(i).mul(columns).Plus(A(i + 1).mul(rows));
        Tensor x = Along(0).Accumulate(A(2));
        Tensor y = Along(3).Accumulate(A(5));
        if (isAffine)
        {
            return Read(images, y, x);
        }

        Tensor k = Along(6).Shift(1);
        return Read(images, y.div_(k), x.div_(k)).Replaced(k.Is(0).unsqueeze(1), FillValue);
    }

    /// <summary>Each pixel of the result is read at a place of its own.</summary>
    /// <param name="images">(batch, channels, height, width).</param>
    /// <param name="y">(batch or 1, height, width): the row.</param>
    /// <param name="x">(batch or 1, height, width): the column.</param>
    public Tensor Read(Tensor images, Tensor y, Tensor x)
    {
        long[] sizes = [images.size(0), y.size(1), y.size(2)];
        Tensor row = Inside(y, images.size(2)).expand(sizes);
        Tensor column = Inside(x, images.size(3)).expand(sizes);
        Tensor flat = images.reshape(images.size(0), images.size(1), images.size(2) * images.size(3));
        Tensor At(Tensor r, Tensor c) => Pixels(flat, r, c, images.size(2), images.size(3));
        if (Interpolation == Nearest)
        {
            return At(Rounded(row), Rounded(column));
        }

        Tensor top = row.floor();
        Tensor left = column.floor();
        Tensor bottom = top.Plus(1.0);
        Tensor right = left.Plus(1.0);
        ScalarType type = images.dtype is ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        Tensor Weight(Tensor to, Tensor from) => to.sub(from).unsqueeze(1).to(type);
        Tensor fromLeft = Weight(right, column);
        Tensor fromRight = Weight(column, left);
        Tensor above = At(top, left).mul(fromLeft).Plus(At(top, right).mul(fromRight));
        Tensor below = At(bottom, left).mul(fromLeft).Plus(At(bottom, right).mul(fromRight));
        return above.mul(Weight(bottom, row)).Plus(below.mul(Weight(row, top))).to(images.dtype);
    }

    // Half-way goes away from 0, as in C++.
    private static Tensor Rounded(Tensor x)
    {
        Tensor whole = x.trunc();
        Tensor rest = x.sub(whole);
        return whole.Accumulate(rest.IsAtLeast(0.5).to(x.dtype)).sub_(rest.IsAtMost(-0.5).to(x.dtype));
    }

    // The place within the image that stands for one outside.
    private Tensor Inside(Tensor at, long size)
    {
        // A place that is no number is outside of everything.
        Tensor x = at.nan_to_num(-1, float.MaxValue, float.MinValue);
        if (FillMode == Constant)
        {
            return x;
        }

        long last = size - 1;
        if (FillMode == Nearest || last == 0)
        {
            return x.Between(0.0, last);
        }

        Tensor inside = FillMode switch
        {
            Wrap => where(
                x.IsBelow(0),
                x.Plus(x.neg().Divide(last).trunc_().Shift(1).Scale(size)),
                where(x.IsAbove(last), x.sub(x.Over(last).trunc_().Scale(size)), x)
            ),
            Mirror => Mirrored(Rest(x.abs(), 2.0 * last)),
            _ => where(x.IsBelow(0), ReflectedBefore(Rest(x.neg(), 2.0 * size)), ReflectedAfter(Rest(x, 2.0 * size))),
        };
        return inside.Between(0.0, last);

        Tensor Mirrored(Tensor rest) => where(rest.IsAbove(last), rest.SubtractedFrom(2.0 * last), rest);
        Tensor ReflectedBefore(Tensor rest) => where(rest.IsAbove(size), rest.SubtractedFrom(2.0 * size), rest.Minus(1.0));
        Tensor ReflectedAfter(Tensor rest) => where(rest.IsAtLeast(size), rest.SubtractedFrom((2.0 * size) - 1), rest);
    }

    private static Tensor Rest(Tensor x, double period) => x.sub(x.Over(period).trunc_().Scale(period));

    private Tensor Pixels(Tensor flat, Tensor row, Tensor column, long height, long width)
    {
        Tensor first = row.Between(0.0, height - 1);
        Tensor second = column.Between(0.0, width - 1);
        Tensor index = first.to(ScalarType.Int64).TimesWhole(width).Accumulate(second.to(ScalarType.Int64));
        Tensor pixels = flat.gather(2, index.reshape(flat.size(0), 1, row.size(1) * row.size(2)).expand(-1, flat.size(1), -1))
            .view(flat.size(0), flat.size(1), row.size(1), row.size(2));
        return FillMode == Constant ? pixels.Replaced(first.ne(row).logical_or_(second.ne(column)).unsqueeze(1), FillValue) : pixels;
    }
}
