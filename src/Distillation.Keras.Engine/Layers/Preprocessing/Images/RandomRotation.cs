using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>In training: turns each image by an angle drawn at random. Otherwise the identity.</summary>
/// <remarks>
/// Input (batch, height, width, channels) or (height, width, channels), output of the same shape in the layer's type; with
/// <c>channels_first</c> the channels come first. Source:
/// <c>keras/src/layers/preprocessing/image_preprocessing/random_rotation.py</c>.
/// </remarks>
public sealed class RandomRotation : RandomAffineLayer
{
    private const double Circle = 360;

    /// <inheritdoc cref="RandomRotation" path="/summary"/>
    /// <param name="factor">
    /// Shares of a full circle, from -1 to 1: <c>(-0.2, 0.3)</c> turns by -72 to 108 degrees, counter-clockwise where it is positive;
    /// <c>0.2</c> is (-0.2, 0.2).
    /// </param>
    /// <param name="fill_mode">
    /// What lies outside: <c>"reflect"</c> (the default), <c>"wrap"</c>, <c>"constant"</c> or <c>"nearest"</c>.
    /// </param>
    /// <param name="interpolation"><c>"bilinear"</c> (the default) or <c>"nearest"</c>.</param>
    /// <param name="seed">Makes the layer draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="fill_value">What lies outside, for <c>"constant"</c>.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public RandomRotation(
        Factor factor,
        string fill_mode = "reflect",
        string interpolation = "bilinear",
        int? seed = null,
        double fill_value = 0.0,
        string? data_format = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(fill_mode, interpolation, seed, fill_value, data_format, name, trainable, dtype)
    {
        ArgumentNullException.ThrowIfNull(factor);
        Factor = factor.Within(-1, 1, nameof(factor), ClassName);
    }

    /// <summary>The range of shares of a full circle.</summary>
    public Factor Factor { get; }

    private protected override Tensor Transforms(ImageDraws draws)
    {
        Tensor angle = draws.Uniform(Factor.Lower * Circle, Factor.Upper * Circle, draws.Batch, 1).Scale(Math.PI / (Circle / 2));
        double x = 0.5 * (draws.Width - 1);
        double y = 0.5 * (draws.Height - 1);
        Tensor cos = angle.cos();
        Tensor sin = angle.sin();
        Tensor a2 = cos.Times(x).SubtractedFrom(x).Plus(sin.Times(y));
        Tensor b2 = sin.Times(-x).Shift(y).sub_(cos.Times(y));
        return Rows(cos, sin.neg(), a2, sin, cos, b2);
    }
}
