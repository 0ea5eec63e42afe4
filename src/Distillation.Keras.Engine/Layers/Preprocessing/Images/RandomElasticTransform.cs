using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>In training: distorts images as if they were drawn on rubber. Otherwise the identity.</summary>
/// <remarks>
/// <para>
/// Input (batch, height, width, channels) or (height, width, channels), output of the same shape in the layer's type; with
/// <c>channels_first</c> the channels come first. Each image that is changed has a field of shifts of its own, random and smoothed by a
/// Gaussian; how strong they are is drawn once for a batch. The output stays within the value range.
/// </para>
/// <para>
/// Keras on TensorFlow draws the same field for both directions, and another one for masks than for images; here the directions have two,
/// and masks move with their images. Source:
/// <c>keras/src/layers/preprocessing/image_preprocessing/random_elastic_transform.py</c>; Simard et al. 2003.
/// </para>
/// </remarks>
public sealed class RandomElasticTransform : ChanceImageLayer
{
    private readonly ImageSampling _sampling;

    /// <inheritdoc cref="RandomElasticTransform" path="/summary"/>
    /// <param name="factor">
    /// The probability that an image is changed, from 0 to 1, or a range from which it is drawn; <c>1.0</c> (the default) is (0, 1).
    /// </param>
    /// <param name="scale">How strong the distortion is, from 0 to 1, or a range; <c>1.0</c> (the default) is (0, 1).</param>
    /// <param name="interpolation"><c>"bilinear"</c> (the default) or <c>"nearest"</c>.</param>
    /// <param name="fill_mode">
    /// What lies outside: <c>"reflect"</c> (the default), <c>"wrap"</c>, <c>"constant"</c>, <c>"nearest"</c> or <c>"mirror"</c>.
    /// </param>
    /// <param name="fill_value">What lies outside, for <c>"constant"</c>.</param>
    /// <param name="value_range">Between which values pixels are; (0, 255) by default.</param>
    /// <param name="seed">Makes the layer draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public RandomElasticTransform(
        Factor? factor = null,
        Factor? scale = null,
        string interpolation = "bilinear",
        string fill_mode = "reflect",
        double fill_value = 0.0,
        ValueRange? value_range = null,
        int? seed = null,
        string? data_format = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(factor, seed, data_format, name, trainable, dtype)
    {
        Scale = (scale ?? 1.0).Within(0, 1, nameof(scale), ClassName);
        ImageSampling.OneOf(interpolation, ImageSampling.Words, nameof(interpolation), ClassName);
        ImageSampling.OneOf(fill_mode, [.. ImageSampling.FillModes, ImageSampling.Mirror], nameof(fill_mode), ClassName);
        _sampling = new ImageSampling(interpolation, fill_mode, Arguments.Finite(fill_value));
        ValueRange = value_range ?? ValueRange.Bytes;
    }

    /// <summary>The range from which the strength of the distortion is drawn.</summary>
    public Factor Scale { get; }

    /// <summary>How values between pixels are found.</summary>
    public string Interpolation => _sampling.Interpolation;

    /// <summary>What lies outside of an image.</summary>
    public string FillMode => _sampling.FillMode;

    /// <summary>What lies outside of an image where <see cref="FillMode"/> is <c>constant</c>.</summary>
    public double FillValue => _sampling.FillValue;

    /// <summary>Between which values pixels are.</summary>
    public ValueRange ValueRange { get; }

    internal override ImageView View(ImageDraws draws)
    {
        if (Scale.Upper == 0 || Factor.Upper == 0)
        {
            return ImageView.Identity;
        }

        Tensor chosen = Chosen(draws);
        double strength = draws.One(Scale.Lower, Scale.Upper);
        double sigma = Math.Min(draws.Height, draws.Width) * 0.05 * strength;
        double reach = Math.Max(draws.Height, draws.Width) * 0.1 * strength;
        Tensor shifts = Smoothed(draws.Normal(2 * draws.Batch, 1, draws.Height, draws.Width), sigma)
            .Scale(sigma * reach)
            .view(2, draws.Batch, draws.Height, draws.Width);
        Tensor y = shifts[0].Plus(Arithmetic.Range(0, draws.Height, ScalarType.Float32, draws.Device).unsqueeze(1));
        Tensor x = shifts[1].Plus(Arithmetic.Range(0, draws.Width, ScalarType.Float32, draws.Device));
        ImageSampling ofMasks = _sampling with { Interpolation = ImageResizing.Nearest };
        return new ImageView(
            images => where(chosen, _sampling.Read(images, y, x), images).Between(ValueRange.Low, ValueRange.High),
            OfMasks: masks => where(chosen, ofMasks.Read(masks, y, x), masks)
        );
    }

    // Beside the border there is 0.
    internal static Tensor Smoothed(Tensor field, double sigma)
    {
        int half = 3 * (int)sigma;
        double[] kernel =
        [
            .. Enumerable.Range(-half, (2 * half) + 1).Select(i => half == 0 ? 1 : Math.Exp(-0.5 * i * i / (sigma * sigma))),
        ];
        Tensor weights = tensor([.. kernel.Select(k => (float)(k / kernel.Sum()))], device: field.device);
        Tensor down = nn.functional.conv2d(field, weights.view(1, 1, -1, 1), padding: [half, 0]);
        return nn.functional.conv2d(down, weights.view(1, 1, 1, -1), padding: [0, half]);
    }
}
