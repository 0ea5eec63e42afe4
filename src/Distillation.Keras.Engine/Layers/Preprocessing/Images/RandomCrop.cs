using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>In training: a window of the images at a place drawn at random, the same for all images of a batch.</summary>
/// <remarks>
/// <para>
/// Input (batch, height, width, channels) or (height, width, channels), output of the same rank with the window's height and width; with
/// <c>channels_first</c> the channels come first. Images that are not larger than the window in both directions are cropped in the middle
/// as far as they go, and resized.
/// </para>
/// <para>
/// At inference it returns its input itself, of whatever size, as Keras does: put a <see cref="CenterCrop"/> or <see cref="Resizing"/>
/// beside it where the layers after it ask for one size. Source:
/// <c>keras/src/layers/preprocessing/image_preprocessing/random_crop.py</c>.
/// </para>
/// </remarks>
public sealed class RandomCrop : RandomImageLayer
{
    /// <inheritdoc cref="RandomCrop" path="/summary"/>
    /// <param name="height">The window's height, at least 1.</param>
    /// <param name="width">The window's width, at least 1.</param>
    /// <param name="seed">Makes the layer draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public RandomCrop(
        int height,
        int width,
        int? seed = null,
        string? data_format = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(seed, data_format, name, trainable, dtype)
    {
        Height = Arguments.AtLeast(1, height);
        Width = Arguments.AtLeast(1, width);
    }

    /// <summary>The window's height.</summary>
    public int Height { get; }

    /// <summary>The window's width.</summary>
    public int Width { get; }

    private protected override bool CastsAtInference => false;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => Resized(base.ComputeOutputShape(inputShape), Height, Width);

    internal override ImageView View(ImageDraws draws)
    {
        (long top, long left) =
            draws.Height > Height && draws.Width > Width
                ? ((long)draws.One(0, draws.Height - Height + 1), (long)draws.One(0, draws.Width - Width + 1))
                : (Start(draws.Height, draws.Width, Height, Width), Start(draws.Width, draws.Height, Width, Height));
        return new ImageView(x => Crop(x, ImageResizing.Bilinear), OfMasks: x => Crop(x, ImageResizing.Nearest));

        Tensor Crop(Tensor images, string interpolation) =>
            new ImageResizing(interpolation).Resize(
                images.narrow(2, top, Math.Min(Height, draws.Height - top)).narrow(3, left, Math.Min(Width, draws.Width - left)),
                Height,
                Width
            );
    }

    // Where the largest window of the aspect ratio begins.
    private static long Start(long size, long otherSize, int target, int otherTarget) =>
        (size - Math.Max(Math.Min(size, (long)((double)(otherSize * target) / otherTarget)), 1)) / 2;
}
