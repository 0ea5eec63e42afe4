using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// In training: turns half of the images round, from left to right, upside down, or both at once. Otherwise the identity.
/// </summary>
/// <remarks>
/// As in Keras, with <c>horizontal_and_vertical</c> one draw decides both: an image is turned by half a circle or not at all. Source:
/// <c>keras/src/layers/preprocessing/image_preprocessing/random_flip.py</c>.
/// </remarks>
public sealed class RandomFlip : RandomImageLayer
{
    private const string Horizontal = "horizontal";
    private const string Vertical = "vertical";
    private const string Both = "horizontal_and_vertical";

    /// <inheritdoc cref="RandomFlip" path="/summary"/>
    /// <param name="mode"><c>"horizontal"</c>, <c>"vertical"</c> or <c>"horizontal_and_vertical"</c> (the default).</param>
    /// <param name="seed">Makes the layer draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public RandomFlip(
        string mode = Both,
        int? seed = null,
        string? data_format = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(seed, data_format, name, trainable, dtype)
    {
        ArgumentNullException.ThrowIfNull(mode);
        Mode = mode is Horizontal or Vertical or Both
            ? mode
            : throw new ArgumentException(
                $"The mode of RandomFlip is \"{Horizontal}\", \"{Vertical}\" or \"{Both}\", but \"{mode}\" was given.",
                nameof(mode)
            );
    }

    /// <summary>How images are turned round.</summary>
    public string Mode { get; }

    internal override ImageView View(ImageDraws draws)
    {
        Tensor turns = draws.PerImage().IsAtMost(0.5);
        long[] axes = Mode switch
        {
            Horizontal => [3],
            Vertical => [2],
            _ => [2, 3],
        };
        Tensor Turned(Tensor images) => where(turns, images.flip(axes), images);
        return new ImageView(Turned, OfMasks: Turned);
    }
}
