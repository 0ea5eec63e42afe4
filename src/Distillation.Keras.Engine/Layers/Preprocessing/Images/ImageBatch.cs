using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Images and what belongs to them: what layers of Keras take as a dictionary.</summary>
/// <remarks>Immutable. It refers to tensors and owns none.</remarks>
public sealed class ImageBatch
{
    /// <summary>Images with labels, masks or both.</summary>
    /// <param name="images">The images: 4 axes, batch first, or 3 for one image.</param>
    /// <param name="labels">Their labels, (batch, ...), or those of the one image.</param>
    /// <param name="segmentationMasks">
    /// What each pixel belongs to: as many axes as the images have, of the same height and width, with one channel or more. They move with
    /// the pixels, and no means of two are taken.
    /// </param>
    public ImageBatch(Tensor images, Tensor? labels = null, Tensor? segmentationMasks = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        Images = images;
        Labels = labels;
        SegmentationMasks = segmentationMasks;
    }

    /// <summary>The images.</summary>
    public Tensor Images { get; }

    /// <summary>Their labels, if there are some.</summary>
    public Tensor? Labels { get; }

    /// <summary>What each pixel belongs to, if it is given.</summary>
    public Tensor? SegmentationMasks { get; }

    /// <summary>Refuses what does not fit a layer or each other.</summary>
    internal void Check(BaseImagePreprocessingLayer layer)
    {
        TensorGuard.Real(Images);
        Shape shape = Shape.FromSizes(Images.shape);
        _ = layer.ComputeOutputShape(shape);
        if (Labels is not null)
        {
            TensorGuard.Real(Labels);
            if (shape.Rank == 4 && (Labels.dim() == 0 || Labels.size(0) != Images.size(0)))
            {
                throw new ArgumentException(
                    Invariant(
                        $"{layer.ClassName} '{layer.Name}' takes labels for each image, {shape[0]} rows, but their shape is "
                            + $"{Shape.FromSizes(Labels.shape)}."
                    )
                );
            }
        }

        if (SegmentationMasks is not null)
        {
            TensorGuard.Real(SegmentationMasks);
            Shape masks = Shape.FromSizes(SegmentationMasks.shape);
            int channels = layer.DataFormat == Spatial.ChannelsLast ? shape.Rank - 1 : shape.Rank - 3;
            if (masks.Rank != shape.Rank || !masks.With(channels, null).Equals(shape.With(channels, null)))
            {
                throw new ArgumentException(
                    $"{layer.ClassName} '{layer.Name}' takes segmentation masks with the axes of the images, {shape}, of any number of "
                        + $"channels, but their shape is {masks}."
                );
            }
        }
    }
}
