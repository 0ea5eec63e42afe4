namespace Distillation.Keras.Layers;

/// <summary>In training: sets whole channels to 0 at random and multiplies the others by 1 / (1 - rate). Otherwise the identity.</summary>
/// <remarks>
/// Input and output (batch, height, width, channels); with <c>channels_first</c>
/// (batch, channels, height, width). Source: <c>keras/src/layers/regularization/spatial_dropout.py</c>.
/// </remarks>
public sealed class SpatialDropout2D : BaseSpatialDropout
{
    /// <inheritdoc cref="SpatialDropout2D" path="/summary"/>
    /// <param name="rate">The share of channels that become 0, from 0 to 1.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="seed">Makes the layer draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not from 0 to 1.</exception>
    /// <exception cref="ArgumentException">The layout is not known.</exception>
    public SpatialDropout2D(double rate, string? data_format = null, int? seed = null, string? name = null, DTypePolicy? dtype = null)
        : base(2, rate, data_format, seed, name, dtype) { }

    /// <summary><c>"channels_last"</c> or <c>"channels_first"</c>.</summary>
    public string DataFormat => Layout;
}
