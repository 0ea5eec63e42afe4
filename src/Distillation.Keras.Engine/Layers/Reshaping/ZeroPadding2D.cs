namespace Distillation.Keras.Layers;

/// <summary>Zeros around an image.</summary>
/// <remarks>
/// Input (batch, height, width, channels), output of the same rank; with <c>channels_first</c> the channels come before height and width.
/// Source: <c>keras/src/layers/reshaping/zero_padding2d.py</c>.
/// </remarks>
public sealed class ZeroPadding2D : BaseZeroPadding
{
    /// <inheritdoc cref="ZeroPadding2D" path="/summary"/>
    /// <param name="padding">
    /// How many rows and columns: <c>1</c> (the default), <c>(rows, columns)</c> or <c>((top, bottom), (left, right))</c>.
    /// </param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type that floating-point inputs are cast to.</param>
    /// <exception cref="ArgumentException">The layout is not known.</exception>
    public ZeroPadding2D(
        Padding2D? padding = null,
        string? data_format = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(data_format, name, trainable, dtype) => Padding = padding ?? 1;

    /// <summary>How many rows and columns.</summary>
    public Padding2D Padding { get; }

    private protected override SpatialPadding Sides => Padding;
}
