using Distillation.Keras.Saving;

namespace Distillation.Keras.Regularizers;

/// <summary>The penalty <c>l1 * sum(|x|)</c>, which makes weights 0. Its gradient at 0 is 0.</summary>
/// <remarks>Immutable and thread-safe. Source: <c>keras/src/regularizers/regularizers.py</c>.</remarks>
[Identifiers("l1")]
public sealed class L1 : L1L2
{
    /// <inheritdoc cref="L1" path="/summary"/>
    /// <param name="l1">Its factor, kept as a float32 as in Keras; <see langword="null"/> is 0.01.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is negative or not finite.</exception>
    public L1(double? l1 = 0.01)
        : base((float)Arguments.NotNegative(l1 ?? 0.01, nameof(l1)), 0) { }
}
