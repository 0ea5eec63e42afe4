namespace Distillation.Keras.Layers;

/// <summary>An image without its border.</summary>
/// <remarks>
/// Input (batch, height, width, channels), output of the same rank; with <c>channels_first</c> the channels come before height and width.
/// The output is a view of the input. Source: <c>keras/src/layers/reshaping/cropping2d.py</c>.
/// </remarks>
public sealed class Cropping2D : BaseCropping
{
    /// <inheritdoc cref="Cropping2D" path="/summary"/>
    /// <param name="cropping">
    /// How many rows and columns: <c>1</c>, <c>(rows, columns)</c> or <c>((top, bottom), (left, right))</c>; none by default.
    /// </param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type that floating-point inputs are cast to.</param>
    /// <exception cref="ArgumentException">The layout is not known.</exception>
    public Cropping2D(
        Padding2D? cropping = null,
        string? data_format = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(data_format, name, trainable, dtype) => Cropping = cropping ?? 0;

    /// <summary>How many rows and columns.</summary>
    public Padding2D Cropping { get; }

    private protected override SpatialPadding Sides => Cropping;
}
