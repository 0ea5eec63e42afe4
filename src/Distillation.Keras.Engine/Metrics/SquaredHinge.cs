namespace Distillation.Keras.Metrics;

/// <summary>The mean of the squared hinge loss of targets that are -1 or 1.</summary>
/// <remarks>
/// Mutable and not thread-safe. Values: <see cref="LossFunctions.SquaredHinge"/>. Source: <c>keras/src/metrics/hinge_metrics.py</c>.
/// </remarks>
public sealed class SquaredHinge : MeanMetricWrapper
{
    /// <inheritdoc cref="SquaredHinge" path="/summary"/>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it sums in; float32 by default.</param>
    public SquaredHinge(string? name = "squared_hinge", DTypePolicy? dtype = null)
        : base(static (y_true, y_pred) => LossFunctions.SquaredHinge(y_true, y_pred), name, dtype) { }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;
}
