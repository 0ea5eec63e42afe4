using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>In training: shears each image by factors drawn at random. Otherwise the identity.</summary>
/// <remarks>
/// <para>
/// Input (batch, height, width, channels) or (height, width, channels), output of the same shape in the layer's type; with
/// <c>channels_first</c> the channels come first. Beside the two factors one sign is drawn for both: with a range from 0.1 to 0.3 images
/// are sheared by 0.1 to 0.3 to one side or to the other.
/// </para>
/// <para>
/// Keras writes <c>0.2</c> as [-0.2, 0.2] into configurations, which it then refuses to read; here (-0.2, 0.2) is read as that. Source:
/// <c>keras/src/layers/preprocessing/image_preprocessing/random_shear.py</c>.
/// </para>
/// </remarks>
public sealed class RandomShear : RandomAffineLayer
{
    /// <inheritdoc cref="RandomShear" path="/summary"/>
    /// <param name="x_factor">
    /// How far a pixel moves to the side for each row, from 0 to 1: <c>(0.1, 0.3)</c>; <c>0.2</c> is (-0.2, 0.2).
    /// </param>
    /// <param name="y_factor">How far a pixel moves down for each column, from 0 to 1.</param>
    /// <param name="interpolation"><c>"bilinear"</c> (the default) or <c>"nearest"</c>.</param>
    /// <param name="fill_mode">
    /// What lies outside: <c>"reflect"</c> (the default), <c>"wrap"</c>, <c>"constant"</c> or <c>"nearest"</c>.
    /// </param>
    /// <param name="fill_value">What lies outside, for <c>"constant"</c>.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="seed">Makes the layer draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public RandomShear(
        Factor? x_factor = null,
        Factor? y_factor = null,
        string interpolation = "bilinear",
        string fill_mode = "reflect",
        double fill_value = 0.0,
        string? data_format = null,
        int? seed = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(fill_mode, interpolation, seed, fill_value, data_format, name, trainable, dtype)
    {
        XFactor = Range(x_factor ?? 0, nameof(x_factor));
        YFactor = Range(y_factor ?? 0, nameof(y_factor));
    }

    /// <summary>The range of shifts to the side for each row.</summary>
    public Factor XFactor { get; }

    /// <summary>The range of shifts down for each column.</summary>
    public Factor YFactor { get; }

    private protected override Tensor Transforms(ImageDraws draws)
    {
        Tensor side = draws.Uniform(0, 1, draws.Batch, 1).IsAbove(0.5).to(ScalarType.Float32).Scale(-2).Shift(1);
        Tensor y = draws.Uniform(YFactor.Lower, YFactor.Upper, draws.Batch, 1).mul_(side);
        Tensor x = draws.Uniform(XFactor.Lower, XFactor.Upper, draws.Batch, 1).mul_(side);
        Tensor one = ones_like(x);
        Tensor none = zeros_like(x);
        return Rows(one, x, none, y, one, none);
    }

    private Factor Range(Factor factor, string name) =>
        factor.IsRange && factor.Lower == -factor.Upper && Math.Abs(factor.Upper) <= 1
            ? factor.Sorted()
            : Factor.Checked(factor, 0, 1, name, ClassName).Symmetric();
}
