using Distillation.Keras.Saving;

namespace Distillation.Keras.Metrics;

/// <summary>The mean of the absolute error.</summary>
/// <remarks>
/// Mutable and not thread-safe. Values: <see cref="LossFunctions.MeanAbsoluteError"/>. Source:
/// <c>keras/src/metrics/regression_metrics.py</c>.
/// </remarks>
[Identifiers("mean_absolute_error", "mae", "MAE")]
public sealed class MeanAbsoluteError : MeanMetricWrapper
{
    /// <inheritdoc cref="MeanAbsoluteError" path="/summary"/>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it sums in; float32 by default.</param>
    public MeanAbsoluteError(string? name = "mean_absolute_error", DTypePolicy? dtype = null)
        : base(static (y_true, y_pred) => LossFunctions.MeanAbsoluteError(y_true, y_pred), name, dtype) { }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;
}
