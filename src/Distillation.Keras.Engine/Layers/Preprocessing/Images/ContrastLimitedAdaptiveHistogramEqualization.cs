using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// Spreads the values of each tile of each image, so that all are about as frequent, but none is spread too far; also at inference.
/// </summary>
/// <remarks>
/// Each channel of an image is cut into tiles; a pixel's new value is mixed of what the four tiles around it make of it. Where the grid
/// does not divide the height or the width, the image goes on as its mirror image. Images of integers keep their type, and fractions are
/// cut off. No gradient goes through it. Source: <c>keras/src/layers/preprocessing/image_preprocessing/clahe.py</c>.
/// </remarks>
public sealed class ContrastLimitedAdaptiveHistogramEqualization : BaseImagePreprocessingLayer
{
    /// <inheritdoc cref="ContrastLimitedAdaptiveHistogramEqualization" path="/summary"/>
    /// <param name="value_range">Between which values pixels are; (0, 255) by default.</param>
    /// <param name="clip_limit">
    /// How often a value may be in a tile, as a multiple of the mean; what is beyond it is shared among all values. 4 by default; 0 or
    /// less: without limit.
    /// </param>
    /// <param name="tile_grid_size">How many tiles there are along the height and the width; (8, 8) by default.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public ContrastLimitedAdaptiveHistogramEqualization(
        ValueRange? value_range = null,
        double clip_limit = 4.0,
        Size? tile_grid_size = null,
        string? data_format = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(data_format, name, trainable, dtype)
    {
        ValueRange = value_range ?? ValueRange.Bytes;
        ClipLimit = Arguments.Finite(clip_limit);
        TileGridSize = (tile_grid_size ?? 8).Expand(2, nameof(tile_grid_size));
    }

    /// <summary>Between which values pixels are.</summary>
    public ValueRange ValueRange { get; }

    /// <summary>How often a value may be in a tile, as a multiple of the mean.</summary>
    public double ClipLimit { get; }

    /// <summary>How many tiles there are along the height and the width.</summary>
    public Size TileGridSize { get; }

    private protected override bool ActsAtInference => true;

    private protected override bool KeepsIntegers => true;

    internal override ImageView View(ImageDraws draws) =>
        new(images =>
        {
            Tensor bytes = ImageColors.Mapped(images.to(ScalarType.Float32), ValueRange, ValueRange.Bytes);
            Tensor spread = ImageHistograms.EqualizedByTiles(bytes, ClipLimit, (TileGridSize[0], TileGridSize[1]));
            return ImageColors.Mapped(spread, ValueRange.Bytes, ValueRange);
        });
}
