namespace Distillation.Keras.Initializers;

/// <summary>
/// Values from a uniform distribution whose variance is 1 divided by the mean of the numbers of inputs and outputs of a unit (Glorot and
/// Bengio, 2010).
/// </summary>
/// <remarks>Immutable and thread-safe. Source: <c>keras/src/initializers/random_initializers.py</c>.</remarks>
public sealed class GlorotUniform : VarianceScaling
{
    /// <inheritdoc cref="GlorotUniform" path="/summary"/>
    /// <param name="seed">The seed, or <see langword="null"/> for one from the library's random state.</param>
    /// <param name="input_axes">The weight's axes that are inputs of a unit: see <see cref="VarianceScaling"/>.</param>
    /// <param name="output_axes">The weight's axes that are outputs.</param>
    public GlorotUniform(int? seed = null, IReadOnlyList<int>? input_axes = null, IReadOnlyList<int>? output_axes = null)
        : base(1.0, "fan_avg", "uniform", seed, input_axes, output_axes) { }
}
