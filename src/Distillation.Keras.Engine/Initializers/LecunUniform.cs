namespace Distillation.Keras.Initializers;

/// <summary>
/// Values from a uniform distribution whose variance is 1 divided by the number of inputs of a unit (LeCun et al., 1998).
/// </summary>
/// <remarks>Immutable and thread-safe. Source: <c>keras/src/initializers/random_initializers.py</c>.</remarks>
public sealed class LecunUniform : VarianceScaling
{
    /// <inheritdoc cref="LecunUniform" path="/summary"/>
    /// <param name="seed">The seed, or <see langword="null"/> for one from the library's random state.</param>
    public LecunUniform(int? seed = null)
        : base(1.0, "fan_in", "uniform", seed) { }
}
