using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// What random layers that move the pixels of an image have in common: how values between pixels are found, and what lies outside.
/// </summary>
/// <remarks>Source: <c>affine_transform</c> of <c>keras/src/backend/tensorflow/image.py</c>.</remarks>
public abstract class RandomAffineLayer : RandomImageLayer
{
    private readonly ImageSampling _sampling;

    private protected RandomAffineLayer(
        string fill_mode,
        string interpolation,
        int? seed,
        double fill_value,
        string? data_format,
        string? name,
        bool trainable,
        DTypePolicy? dtype
    )
        : base(seed, data_format, name, trainable, dtype) =>
        _sampling = new ImageSampling(
            ImageSampling.OneOf(interpolation, ImageSampling.Words, nameof(interpolation), ClassName),
            ImageSampling.OneOf(fill_mode, ImageSampling.FillModes, nameof(fill_mode), ClassName),
            Arguments.Finite(fill_value)
        );

    /// <summary>
    /// What lies outside of an image: <c>reflect</c> (d c b a | a b c d | d c b a), <c>wrap</c> (the image again), <c>nearest</c> (the
    /// border) or <c>constant</c>.
    /// </summary>
    public string FillMode => _sampling.FillMode;

    /// <summary>How values between pixels are found: <c>bilinear</c> or <c>nearest</c>.</summary>
    public string Interpolation => _sampling.Interpolation;

    /// <summary>What lies outside of an image where <see cref="FillMode"/> is <c>constant</c>.</summary>
    public double FillValue => _sampling.FillValue;

    internal override ImageView View(ImageDraws draws)
    {
        Tensor transforms = Transforms(draws);
        ImageSampling ofMasks = _sampling with { Interpolation = ImageResizing.Nearest };
        return new ImageView(
            x => _sampling.Transform(x, transforms, isAffine: true),
            OfMasks: x => ofMasks.Transform(x, transforms, isAffine: true)
        );
    }

    /// <summary>(batch, 8): where in the input each pixel of the output is read.</summary>
    private protected abstract Tensor Transforms(ImageDraws draws);

    /// <summary>The rows of a transform: columns (batch, 1), one value for all where it is a number.</summary>
    private protected static Tensor Rows(Tensor a0, Tensor a1, Tensor a2, Tensor b0, Tensor b1, Tensor b2)
    {
        Tensor none = zeros_like(a0);
        return cat([a0, a1, a2, b0, b1, b2, none, none], 1);
    }
}
