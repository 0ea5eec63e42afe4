namespace Distillation.Keras.Layers;

/// <summary>Images of another size.</summary>
/// <remarks>
/// Input (batch, height, width, channels) or (height, width, channels), output of the same rank with the new height and width; with
/// <c>channels_first</c> the channels come first. Integers keep their type: bytes stay bytes, rounded half to even. Acts in training and
/// at inference. Source: <c>keras/src/layers/preprocessing/image_preprocessing/resizing.py</c>.
/// </remarks>
public sealed class Resizing : BaseImagePreprocessingLayer
{
    private readonly ImageResizing _resizing;

    /// <inheritdoc cref="Resizing" path="/summary"/>
    /// <param name="height">The new height, at least 1.</param>
    /// <param name="width">The new width, at least 1.</param>
    /// <param name="interpolation">
    /// <c>"bilinear"</c> (the default), <c>"nearest"</c>, <c>"bicubic"</c>, <c>"lanczos3"</c>, <c>"lanczos5"</c> or <c>"area"</c>.
    /// </param>
    /// <param name="crop_to_aspect_ratio">Whether the largest window of the new aspect ratio is taken first, from the middle.</param>
    /// <param name="pad_to_aspect_ratio">Whether images are padded to the new aspect ratio first, evenly on both sides.</param>
    /// <param name="fill_mode"><c>"constant"</c>, the only one.</param>
    /// <param name="fill_value">What images are padded with.</param>
    /// <param name="antialias">Whether all pixels count where images shrink; without effect on <c>nearest</c> and <c>area</c>.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type that floating-point inputs are cast to.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public Resizing(
        int height,
        int width,
        string interpolation = ImageResizing.Bilinear,
        bool crop_to_aspect_ratio = false,
        bool pad_to_aspect_ratio = false,
        string fill_mode = ImageResizing.Constant,
        double fill_value = 0.0,
        bool antialias = false,
        string? data_format = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(data_format, name, trainable, dtype)
    {
        Height = Arguments.AtLeast(1, height);
        Width = Arguments.AtLeast(1, width);
        ImageResizing.Check(interpolation, crop_to_aspect_ratio, pad_to_aspect_ratio, fill_mode, ClassName);
        _resizing = new(interpolation, antialias, crop_to_aspect_ratio, pad_to_aspect_ratio, Arguments.Finite(fill_value));
        FillMode = fill_mode;
    }

    /// <summary>The new height.</summary>
    public int Height { get; }

    /// <summary>The new width.</summary>
    public int Width { get; }

    /// <summary>The word for how values between pixels are found.</summary>
    public string Interpolation => _resizing.Interpolation;

    /// <summary>Whether images are cropped to the new aspect ratio first.</summary>
    public bool CropToAspectRatio => _resizing.Crop;

    /// <summary>Whether images are padded to the new aspect ratio first.</summary>
    public bool PadToAspectRatio => _resizing.Pad;

    /// <summary>How images are padded.</summary>
    public string FillMode { get; }

    /// <summary>What images are padded with.</summary>
    public double FillValue => _resizing.FillValue;

    /// <summary>Whether all pixels count where images shrink.</summary>
    public bool Antialias => _resizing.Antialias;

    private protected override bool ActsAtInference => true;

    private protected override bool KeepsIntegers => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => Resized(base.ComputeOutputShape(inputShape), Height, Width);

    internal override ImageView View(ImageDraws draws)
    {
        ImageResizing ofMasks = _resizing with { Interpolation = ImageResizing.Nearest };
        return new ImageView(x => _resizing.Resize(x, Height, Width), OfMasks: x => ofMasks.Resize(x, Height, Width));
    }
}
