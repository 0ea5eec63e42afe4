using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>In training: shifts each image by distances drawn at random. Otherwise the identity.</summary>
/// <remarks>
/// Input (batch, height, width, channels) or (height, width, channels), output of the same shape in the layer's type; with
/// <c>channels_first</c> the channels come first. Source:
/// <c>keras/src/layers/preprocessing/image_preprocessing/random_translation.py</c>.
/// </remarks>
public sealed class RandomTranslation : RandomAffineLayer
{
    /// <inheritdoc cref="RandomTranslation" path="/summary"/>
    /// <param name="height_factor">
    /// Shares of the height, from -1 to 1: <c>(-0.2, 0.3)</c> shifts by 20 % upwards to 30 % downwards; <c>0.2</c> is (-0.2, 0.2).
    /// </param>
    /// <param name="width_factor">Shares of the width, from -1 to 1: negative ones shift to the left.</param>
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
    public RandomTranslation(
        Factor height_factor,
        Factor width_factor,
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
        HeightFactor = Factor.Checked(height_factor, -1, 1, nameof(height_factor), ClassName);
        WidthFactor = Factor.Checked(width_factor, -1, 1, nameof(width_factor), ClassName);
    }

    /// <summary>The shares of the height, as they were given.</summary>
    public Factor HeightFactor { get; }

    /// <summary>The shares of the width, as they were given.</summary>
    public Factor WidthFactor { get; }

    private protected override Tensor Transforms(ImageDraws draws)
    {
        Tensor down = Shift(HeightFactor, draws.Height);
        Tensor right = Shift(WidthFactor, draws.Width);
        Tensor one = ones_like(down);
        Tensor none = zeros_like(down);
        return Rows(one, none, right.neg(), none, one, down.neg());

        Tensor Shift(Factor factor, long size)
        {
            Factor range = factor.Symmetric();
            return draws.Uniform(range.Lower, range.Upper, draws.Batch, 1).Scale(size);
        }
    }
}
