using Distillation.Keras.Saving;

namespace Distillation.Keras.Metrics;

/// <summary>The mean of the squared error.</summary>
/// <remarks>
/// Mutable and not thread-safe. Values: <see cref="LossFunctions.MeanSquaredError"/>. Source:
/// <c>keras/src/metrics/regression_metrics.py</c>.
/// </remarks>
[Identifiers("mean_squared_error", "mse", "MSE")]
public sealed class MeanSquaredError : MeanMetricWrapper
{
    /// <inheritdoc cref="MeanSquaredError" path="/summary"/>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it sums in; float32 by default.</param>
    public MeanSquaredError(string? name = "mean_squared_error", DTypePolicy? dtype = null)
        : base(static (y_true, y_pred) => LossFunctions.MeanSquaredError(y_true, y_pred), name, dtype) { }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;
}
