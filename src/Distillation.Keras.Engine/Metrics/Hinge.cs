namespace Distillation.Keras.Metrics;

/// <summary>The mean of the hinge loss of targets that are -1 or 1.</summary>
/// <remarks>
/// Mutable and not thread-safe. Values: <see cref="LossFunctions.Hinge"/>. Source: <c>keras/src/metrics/hinge_metrics.py</c>.
/// </remarks>
public sealed class Hinge : MeanMetricWrapper
{
    /// <inheritdoc cref="Hinge" path="/summary"/>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it sums in; float32 by default.</param>
    public Hinge(string? name = "hinge", DTypePolicy? dtype = null)
        : base(static (y_true, y_pred) => LossFunctions.Hinge(y_true, y_pred), name, dtype) { }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;
}
