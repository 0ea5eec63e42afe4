namespace Distillation.Keras.Layers;

/// <summary>In training: sets whole channels to 0 at random and multiplies the others by 1 / (1 - rate). Otherwise the identity.</summary>
/// <remarks>Input and output (batch, steps, channels). Source: <c>keras/src/layers/regularization/spatial_dropout.py</c>.</remarks>
public sealed class SpatialDropout1D : BaseSpatialDropout
{
    /// <inheritdoc cref="SpatialDropout1D" path="/summary"/>
    /// <param name="rate">The share of channels that become 0, from 0 to 1.</param>
    /// <param name="seed">Makes the layer draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not from 0 to 1.</exception>
    public SpatialDropout1D(double rate, int? seed = null, string? name = null, DTypePolicy? dtype = null)
        : base(1, rate, null, seed, name, dtype) { }
}
