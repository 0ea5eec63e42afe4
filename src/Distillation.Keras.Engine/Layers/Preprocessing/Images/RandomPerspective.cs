using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>In training: shows images as from another point of view, their corners moved at random. Otherwise the identity.</summary>
/// <remarks>
/// Input (batch, height, width, channels) or (height, width, channels), of at least two pixels each way; output of the same shape in the
/// layer's type; with <c>channels_first</c> the channels come first. As in Keras, coordinates of corners are multiplied by a number
/// around 1, so that the one at the origin stays. Source:
/// <c>keras/src/layers/preprocessing/image_preprocessing/random_perspective.py</c>.
/// </remarks>
public sealed class RandomPerspective : ChanceImageLayer
{
    private readonly ImageSampling _sampling;

    /// <inheritdoc cref="RandomPerspective" path="/summary"/>
    /// <param name="factor">
    /// The probability that an image is changed, from 0 to 1, or a range from which it is drawn; <c>1.0</c> (the default) is (0, 1).
    /// </param>
    /// <param name="scale">By how much corners move, from 0 to 1: at most by half of this share of their coordinates.</param>
    /// <param name="interpolation"><c>"bilinear"</c> (the default) or <c>"nearest"</c>.</param>
    /// <param name="fill_value">What lies outside of an image.</param>
    /// <param name="seed">Makes the layer draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public RandomPerspective(
        Factor? factor = null,
        double scale = 1.0,
        string interpolation = "bilinear",
        double fill_value = 0.0,
        int? seed = null,
        string? data_format = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(factor, seed, data_format, name, trainable, dtype)
    {
        Scale = Arguments.Fraction(scale);
        ImageSampling.OneOf(interpolation, ImageSampling.Words, nameof(interpolation), ClassName);
        _sampling = new ImageSampling(interpolation, ImageResizing.Constant, Arguments.Finite(fill_value));
    }

    /// <summary>By how much corners move.</summary>
    public double Scale { get; }

    /// <summary>How values between pixels are found.</summary>
    public string Interpolation => _sampling.Interpolation;

    /// <summary>What lies outside of an image.</summary>
    public double FillValue => _sampling.FillValue;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        Shape shape = base.ComputeOutputShape(inputShape);
        int first = DataFormat == Spatial.ChannelsLast ? shape.Rank - 3 : shape.Rank - 2;
        return shape[first] == 1 || shape[first + 1] == 1
            ? throw new ArgumentException(
                $"RandomPerspective '{Name}' moves four corners, so that images have at least two pixels each way, but its input's shape "
                    + $"is {shape}."
            )
            : shape;
    }

    internal override ImageView View(ImageDraws draws)
    {
        Tensor chosen = Chosen(draws);
        Tensor corners = tensor(
            new float[,]
            {
                { 0, 0 },
                { draws.Width - 1, 0 },
                { 0, draws.Height - 1 },
                { draws.Width - 1, draws.Height - 1 },
            },
            device: draws.Device
        );
        Tensor moved = draws.Uniform(-0.5 * Scale, 0.5 * Scale, draws.Batch, 4, 2).Shift(1).mul_(corners);
        Tensor transforms = Homography(corners.expand(draws.Batch, -1, -1), moved);
        ImageSampling ofMasks = _sampling with { Interpolation = ImageResizing.Nearest };
        return new ImageView(x => Changed(x, _sampling), OfMasks: x => Changed(x, ofMasks));

        Tensor Changed(Tensor images, ImageSampling sampling) =>
            where(chosen, sampling.Transform(images, transforms, isAffine: false), images);
    }

    // The eight numbers of the transform that leads from the points of the output to those of the input, (batch, 8).
    internal static Tensor Homography(Tensor input, Tensor output)
    {
        Tensor u = output.select(2, 0);
        Tensor v = output.select(2, 1);
        Tensor x = input.select(2, 0);
        Tensor y = input.select(2, 1);
        Tensor one = ones_like(u);
        Tensor none = zeros_like(u);
        Tensor ofX = stack([u, v, one, none, none, none, x.mul(u).neg_(), x.mul(v).neg_()], 2);
        Tensor ofY = stack([none, none, none, u, v, one, y.mul(u).neg_(), y.mul(v).neg_()], 2);
        return linalg.solve(cat([ofX, ofY], 1), cat([x, y], 1).unsqueeze(2)).squeeze(2);
    }
}
