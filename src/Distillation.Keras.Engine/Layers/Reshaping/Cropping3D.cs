namespace Distillation.Keras.Layers;

/// <summary>A volume without its border.</summary>
/// <remarks>
/// Input (batch, depth, height, width, channels), output of the same rank; with <c>channels_first</c> the channels come before
/// the spatial axes.
/// The output is a view of the input. Source: <c>keras/src/layers/reshaping/cropping3d.py</c>.
/// </remarks>
public sealed class Cropping3D : BaseCropping
{
    /// <inheritdoc cref="Cropping3D" path="/summary"/>
    /// <param name="cropping">
    /// How much: <c>1</c> (the default), <c>(depth, height, width)</c> or <c>((front, back), (top, bottom), (left, right))</c>.
    /// </param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type that floating-point inputs are cast to.</param>
    /// <exception cref="ArgumentException">The layout is not known.</exception>
    public Cropping3D(
        Padding3D? cropping = null,
        string? data_format = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(data_format, name, trainable, dtype) => Cropping = cropping ?? 1;

    /// <summary>How much at each side.</summary>
    public Padding3D Cropping { get; }

    private protected override SpatialPadding Sides => Cropping;
}
