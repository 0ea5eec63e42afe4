namespace Distillation.Keras.Layers;

/// <summary>The largest value of each of a given number of windows, which cover the image whatever its size.</summary>
/// <remarks>
/// Input (batch, height, width, channels), output (batch, output_size[0], output_size[1], channels); with
/// <c>channels_first</c> the channels come before height and width. <see cref="BaseAdaptivePooling"/> says where the windows are.
/// Source: <c>keras/src/layers/pooling/adaptive_max_pooling2d.py</c>.
/// </remarks>
public sealed class AdaptiveMaxPooling2D : BaseAdaptivePooling
{
    /// <inheritdoc cref="AdaptiveMaxPooling2D" path="/summary"/>
    /// <param name="output_size">The number of windows along height and width; positive.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public AdaptiveMaxPooling2D(
        Size output_size,
        string? data_format = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(2, PoolMode.Max, output_size, data_format, name, trainable, dtype) { }
}
