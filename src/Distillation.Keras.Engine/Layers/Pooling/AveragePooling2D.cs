namespace Distillation.Keras.Layers;

/// <summary>The mean of each window. What is padded does not count, neither in the sum nor in the number, as in TensorFlow.</summary>
/// <remarks>
/// Input (batch, height, width, channels), output (batch, new height, new width, channels); with <c>channels_first</c> the channels come
/// before height and width.
/// Source: <c>keras/src/layers/pooling/average_pooling2d.py</c>.
/// </remarks>
public sealed class AveragePooling2D : BasePooling
{
    /// <inheritdoc cref="AveragePooling2D" path="/summary"/>
    /// <param name="pool_size">Height and width of the window.</param>
    /// <param name="strides">Steps along height and width; by default the window's size.</param>
    /// <param name="padding"><c>"valid"</c> or <c>"same"</c>.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public AveragePooling2D(
        Size pool_size,
        Size? strides = null,
        string padding = "valid",
        string? data_format = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(
            2,
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
