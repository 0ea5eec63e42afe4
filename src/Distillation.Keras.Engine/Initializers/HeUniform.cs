namespace Distillation.Keras.Initializers;

/// <summary>
/// Values from a uniform distribution whose variance is 2 divided by the number of inputs of a unit (He et al., arXiv 1502.01852).
/// </summary>
/// <remarks>Immutable and thread-safe. Source: <c>keras/src/initializers/random_initializers.py</c>.</remarks>
public sealed class HeUniform : VarianceScaling
{
    /// <inheritdoc cref="HeUniform" path="/summary"/>
    /// <param name="seed">The seed, or <see langword="null"/> for one from the library's random state.</param>
    /// <param name="input_axes">The weight's axes that are inputs of a unit: see <see cref="VarianceScaling"/>.</param>
    /// <param name="output_axes">The weight's axes that are outputs.</param>
    public HeUniform(int? seed = null, IReadOnlyList<int>? input_axes = null, IReadOnlyList<int>? output_axes = null)
        : base(2.0, "fan_in", "uniform", seed, input_axes, output_axes) { }
}
