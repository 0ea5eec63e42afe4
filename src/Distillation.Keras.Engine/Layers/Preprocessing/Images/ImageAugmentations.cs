using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>The layers that <see cref="RandAugment"/> and <see cref="AugMix"/> choose from, all of the same strength.</summary>
internal static class ImageAugmentations
{
    /// <summary>Those that AugMix' authors take, and which have nothing in common with the corruptions that they test with.</summary>
    /// <param name="factor">The strength, from 0 to 1.</param>
    /// <param name="range">The range of values.</param>
    /// <param name="interpolation">How values between pixels are found.</param>
    public static BaseImagePreprocessingLayer[] Plain(Factor factor, ValueRange range, string interpolation) =>
        [
            new RandomShear(factor, factor, interpolation),
            new RandomTranslation(factor, factor, interpolation: interpolation),
            new RandomRotation(factor, interpolation: interpolation),
            new RandomPosterization(Math.Max(1, (int)(8 * factor.Upper)), range),
            new Solarization(factor, factor, range),
            new AutoContrast(range),
            new Equalization(range),
        ];

    /// <summary>All of them.</summary>
    /// <inheritdoc cref="Plain" path="/param"/>
    public static BaseImagePreprocessingLayer[] All(Factor factor, ValueRange range, string interpolation) =>
        [
            .. Plain(factor, range, interpolation),
            new RandomBrightness(factor, range),
            new RandomColorDegeneration(factor, range),
            new RandomContrast(factor, range),
            new RandomSharpness(factor, range),
        ];

    /// <summary>The range of a strength: a number is (0, number).</summary>
    /// <param name="factor">The argument.</param>
    /// <param name="layer">The class of the layer.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 0 to 1.</exception>
    public static Factor Strength(Factor factor, string layer) =>
        Factor.Checked(factor, 0, 1, nameof(factor), layer).Within(0, 1, nameof(factor), layer);

    /// <summary>A whole number from 0 up to, without, a bound; each is as likely.</summary>
    public static int Choice(ImageDraws draws, int count) => Math.Min(count - 1, (int)draws.One(0, count));

    /// <summary>Images after some steps.</summary>
    public static Tensor OfImages(Tensor images, IEnumerable<ImageView> steps) =>
        steps.Aggregate(images, static (x, step) => step.OfImages(x).to(x.dtype));

    /// <summary>Masks after some steps.</summary>
    public static Tensor OfMasks(Tensor masks, IEnumerable<ImageView> steps) =>
        steps.Aggregate(masks, static (x, step) => step.OfMasks?.Invoke(x).to(x.dtype) ?? x);
}
