namespace Distillation.Keras.Layers;

/// <summary>How many channels images have.</summary>
internal static class ImageChannels
{
    /// <summary>Red, green and blue.</summary>
    public static IReadOnlyList<int> Colors { get; } = [3];

    /// <summary>Red, green and blue, or grey.</summary>
    public static IReadOnlyList<int> ColorsOrGrey { get; } = [1, 3];

    /// <summary>Refuses images with another number of channels.</summary>
    /// <param name="shape">The images' shape, of 3 or 4 axes.</param>
    /// <param name="allowed">The numbers; <see langword="null"/>: any.</param>
    /// <param name="layer">The layer, for the message.</param>
    /// <exception cref="ArgumentException">There is another number of them.</exception>
    public static void Require(Shape shape, IReadOnlyList<int>? allowed, BaseImagePreprocessingLayer layer)
    {
        int axis = layer.DataFormat == Spatial.ChannelsLast ? shape.Rank - 1 : shape.Rank - 3;
        if (allowed is not null && shape[axis] is int channels && !allowed.Contains(channels))
        {
            throw new ArgumentException(
                Invariant(
                    $"{layer.ClassName} '{layer.Name}' takes images with {string.Join(" or ", allowed)} channels, red, green and blue, but "
                        + $"its input's shape is {shape}, with {channels} channels on the axis {axis} ({layer.DataFormat})."
                )
            );
        }
    }
}
