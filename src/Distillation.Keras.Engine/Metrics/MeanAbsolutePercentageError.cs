using Distillation.Keras.Saving;

namespace Distillation.Keras.Metrics;

/// <summary>The mean of the absolute error in percent of the targets.</summary>
/// <remarks>
/// Mutable and not thread-safe. Values: <see cref="LossFunctions.MeanAbsolutePercentageError"/>. Source:
/// <c>keras/src/metrics/regression_metrics.py</c>.
/// </remarks>
[Identifiers("mean_absolute_percentage_error", "mape", "MAPE")]
public sealed class MeanAbsolutePercentageError : MeanMetricWrapper
{
    /// <inheritdoc cref="MeanAbsolutePercentageError" path="/summary"/>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it sums in; float32 by default.</param>
    public MeanAbsolutePercentageError(string? name = "mean_absolute_percentage_error", DTypePolicy? dtype = null)
        : base(static (y_true, y_pred) => LossFunctions.MeanAbsolutePercentageError(y_true, y_pred), name, dtype) { }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;
}
