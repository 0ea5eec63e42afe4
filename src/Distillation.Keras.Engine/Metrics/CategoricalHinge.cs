namespace Distillation.Keras.Metrics;

/// <summary>The mean of the hinge loss of one-hot targets.</summary>
/// <remarks>
/// Mutable and not thread-safe. Values: <see cref="LossFunctions.CategoricalHinge"/>. Source: <c>keras/src/metrics/hinge_metrics.py</c>.
/// </remarks>
public sealed class CategoricalHinge : MeanMetricWrapper
{
    /// <inheritdoc cref="CategoricalHinge" path="/summary"/>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it sums in; float32 by default.</param>
    public CategoricalHinge(string? name = "categorical_hinge", DTypePolicy? dtype = null)
        : base(static (y_true, y_pred) => LossFunctions.CategoricalHinge(y_true, y_pred), name, dtype) { }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;
}
