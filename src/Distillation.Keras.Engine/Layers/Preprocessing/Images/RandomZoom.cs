using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>In training: enlarges or shrinks each image by factors drawn at random. Otherwise the identity.</summary>
/// <remarks>
/// Input (batch, height, width, channels) or (height, width, channels), output of the same shape in the layer's type; with
/// <c>channels_first</c> the channels come first. Source: <c>keras/src/layers/preprocessing/image_preprocessing/random_zoom.py</c>.
/// </remarks>
public sealed class RandomZoom : RandomAffineLayer
{
    /// <inheritdoc cref="RandomZoom" path="/summary"/>
    /// <param name="height_factor">
    /// Shares of the height, above -1, up to 1: <c>(0.2, 0.3)</c> shows 20 to 30 % more of it, so that the image shrinks;
    /// <c>(-0.3, -0.2)</c> enlarges it; <c>0.2</c> is (-0.2, 0.2).
    /// </param>
    /// <param name="width_factor">The same of the width; <see langword="null"/> (the default): as drawn for the height.</param>
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
    public RandomZoom(
        Factor height_factor,
        Factor? width_factor = null,
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
        HeightFactor = Factor.Checked(height_factor, -1, 1, nameof(height_factor), ClassName, isOpen: true);
        WidthFactor = width_factor is null ? null : Factor.Checked(width_factor, -1, 1, nameof(width_factor), ClassName, isOpen: true);
    }

    /// <summary>The shares of the height, as they were given.</summary>
    public Factor HeightFactor { get; }

    /// <summary>The shares of the width, as they were given; <see langword="null"/>: as drawn for the height.</summary>
    public Factor? WidthFactor { get; }

    private protected override Tensor Transforms(ImageDraws draws)
    {
        Tensor height = Zoom(HeightFactor);
        Tensor width = WidthFactor is null ? height : Zoom(WidthFactor);
        Tensor none = zeros_like(height);
        return Rows(width, none, Offset(width, draws.Width), none, height, Offset(height, draws.Height));

        Tensor Zoom(Factor factor)
        {
            Factor range = factor.Symmetric();
            return draws.Uniform(1 + range.Lower, 1 + range.Upper, draws.Batch, 1);
        }

        static Tensor Offset(Tensor zoom, long size) => zoom.Complement().Scale((size - 1) / 2.0);
    }
}
