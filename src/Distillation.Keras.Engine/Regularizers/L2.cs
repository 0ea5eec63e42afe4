using Distillation.Keras.Saving;

namespace Distillation.Keras.Regularizers;

/// <summary>The penalty <c>l2 * sum(x^2)</c>, which keeps weights small.</summary>
/// <remarks>Immutable and thread-safe. Source: <c>keras/src/regularizers/regularizers.py</c>.</remarks>
[Identifiers("l2")]
public sealed class L2 : L1L2
{
    /// <inheritdoc cref="L2" path="/summary"/>
    /// <param name="l2">Its factor; <see langword="null"/> is 0.01.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is negative or not finite.</exception>
    public L2(double? l2 = 0.01)
        : base(0, l2 ?? 0.01) { }
}
