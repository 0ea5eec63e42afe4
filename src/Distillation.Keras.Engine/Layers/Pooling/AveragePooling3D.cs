namespace Distillation.Keras.Layers;

/// <summary>The mean of each window. What is padded does not count, neither in the sum nor in the number, as in TensorFlow.</summary>
/// <remarks>
/// Input (batch, depth, height, width, channels), output (batch, new depth, new height, new width, channels); with <c>channels_first</c>
/// the channels come before the spatial axes.
/// Source: <c>keras/src/layers/pooling/average_pooling3d.py</c>.
/// </remarks>
public sealed class AveragePooling3D : BasePooling
{
    /// <inheritdoc cref="AveragePooling3D" path="/summary"/>
    /// <param name="pool_size">Depth, height and width of the window.</param>
    /// <param name="strides">Steps along depth, height and width; by default the window's size.</param>
    /// <param name="padding"><c>"valid"</c> or <c>"same"</c>.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public AveragePooling3D(
        Size pool_size,
        Size? strides = null,
        string padding = "valid",
        string? data_format = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(
            3,
            PoolMode.Average,
            pool_size ?? throw new ArgumentNullException(nameof(pool_size)),
            strides,
            padding,
            data_format,
            name,
            trainable,
            dtype
        ) { }
}
