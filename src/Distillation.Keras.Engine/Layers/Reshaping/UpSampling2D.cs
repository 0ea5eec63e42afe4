using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>An image enlarged by whole factors.</summary>
/// <remarks>
/// Input (batch, height, width, channels), output of the same rank; with <c>channels_first</c> the channels come before height and width.
/// <c>nearest</c> repeats each pixel, the others take means of neighbours, as TensorFlow's <c>tf.image.resize</c> does: pixels are squares
/// whose centres are compared, and at the border the weights of the neighbours that there are sum to 1. Integers keep their type with
/// <c>nearest</c> alone. Source: <c>keras/src/layers/reshaping/up_sampling2d.py</c>.
/// </remarks>
public sealed class UpSampling2D : BaseUpSampling
{
    private const string Nearest = "nearest";

    /// <inheritdoc cref="UpSampling2D" path="/summary"/>
    /// <param name="size">The factors of height and width; 2 by default.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="interpolation"><c>"nearest"</c>, <c>"bilinear"</c>, <c>"bicubic"</c>, <c>"lanczos3"</c> or <c>"lanczos5"</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type that floating-point inputs are cast to.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public UpSampling2D(
        Size? size = null,
        string? data_format = null,
        string interpolation = Nearest,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(data_format, name, trainable, dtype)
    {
        Size = (size ?? 2).Expand(2, nameof(size));
        Interpolation = interpolation?.ToLowerInvariant() ?? throw new ArgumentNullException(nameof(interpolation));
        if (Interpolation != Nearest && !Interpolations.Names.Contains(Interpolation))
        {
            throw new ArgumentException(
                $"The interpolation of UpSampling2D is \"{Nearest}\" or one of "
                    + $"{string.Join(", ", Interpolations.Names.Select(n => $"\"{n}\""))}, but \"{interpolation}\" was given.",
                nameof(interpolation)
            );
        }
    }

    /// <summary>The factors of height and width.</summary>
    public Size Size { get; }

    /// <summary>The word for how values between pixels are found.</summary>
    public string Interpolation { get; }

    private protected override Size Factors => Size;

    private protected override bool KeepsIntegers => Interpolation == Nearest;

    private protected override Tensor Resample(Tensor input, long[] shape)
    {
        if (Interpolation == Nearest)
        {
            return base.Resample(input, shape);
        }

        Tensor x = Spatial.ToNative(input, Size.Count, DataFormat);
        Tensor rows = Interpolations.Weights(Interpolation, (int)x.size(2), (int)x.size(2) * Size[0], antialias: false, x);
        Tensor columns = Interpolations.Weights(Interpolation, (int)x.size(3), (int)x.size(3) * Size[1], antialias: false, x);
        return Spatial.FromNative(rows.matmul(x).matmul(columns.t()), Size.Count, DataFormat);
    }
}
