namespace Distillation.Keras.Initializers;

/// <summary>
/// Values from a truncated normal distribution whose variance is 1 divided by the number of inputs of a unit (LeCun et al., 1998).
/// </summary>
/// <remarks>Immutable and thread-safe. Source: <c>keras/src/initializers/random_initializers.py</c>.</remarks>
public sealed class LecunNormal : VarianceScaling
{
    /// <inheritdoc cref="LecunNormal" path="/summary"/>
    /// <param name="seed">The seed, or <see langword="null"/> for one from the library's random state.</param>
    /// <param name="input_axes">The weight's axes that are inputs of a unit: see <see cref="VarianceScaling"/>.</param>
    /// <param name="output_axes">The weight's axes that are outputs.</param>
    public LecunNormal(int? seed = null, IReadOnlyList<int>? input_axes = null, IReadOnlyList<int>? output_axes = null)
        : base(1.0, "fan_in", "truncated_normal", seed, input_axes, output_axes) { }
}
