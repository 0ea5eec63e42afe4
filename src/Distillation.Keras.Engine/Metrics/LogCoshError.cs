namespace Distillation.Keras.Metrics;

/// <summary>The mean of the logarithm of the error's hyperbolic cosine.</summary>
/// <remarks>
/// Mutable and not thread-safe. Values: <see cref="LossFunctions.LogCosh"/>. Source: <c>keras/src/metrics/regression_metrics.py</c>.
/// </remarks>
public sealed class LogCoshError : MeanMetricWrapper
{
    /// <inheritdoc cref="LogCoshError" path="/summary"/>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it sums in; float32 by default.</param>
    public LogCoshError(string? name = "logcosh", DTypePolicy? dtype = null)
        : base(static (y_true, y_pred) => LossFunctions.LogCosh(y_true, y_pred), name, dtype) { }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;
}
