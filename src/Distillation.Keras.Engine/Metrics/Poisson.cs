namespace Distillation.Keras.Metrics;

/// <summary>The mean of the Poisson loss.</summary>
/// <remarks>
/// Mutable and not thread-safe. Values: <see cref="LossFunctions.Poisson"/>. Source: <c>keras/src/metrics/probabilistic_metrics.py</c>.
/// </remarks>
public sealed class Poisson : MeanMetricWrapper
{
    /// <inheritdoc cref="Poisson" path="/summary"/>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it sums in; float32 by default.</param>
    public Poisson(string? name = "poisson", DTypePolicy? dtype = null)
        : base(static (y_true, y_pred) => LossFunctions.Poisson(y_true, y_pred), name, dtype) { }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;
}
