namespace Distillation.Keras.Layers;

/// <summary>The mean of each of a given number of windows, which cover the sequence whatever its size.</summary>
/// <remarks>
/// Input (batch, steps, channels), output (batch, output_size, channels); with
/// <c>channels_first</c> the channels come before the steps. <see cref="BaseAdaptivePooling"/> says where the windows are.
/// Source: <c>keras/src/layers/pooling/adaptive_average_pooling1d.py</c>.
/// </remarks>
public sealed class AdaptiveAveragePooling1D : BaseAdaptivePooling
{
    /// <inheritdoc cref="AdaptiveAveragePooling1D" path="/summary"/>
    /// <param name="output_size">The number of windows; positive.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public AdaptiveAveragePooling1D(
        Size output_size,
        string? data_format = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(1, PoolMode.Average, output_size, data_format, name, trainable, dtype) { }
}
