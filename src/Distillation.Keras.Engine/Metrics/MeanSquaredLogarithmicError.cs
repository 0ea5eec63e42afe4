using Distillation.Keras.Saving;

namespace Distillation.Keras.Metrics;

/// <summary>The mean of the squared error of logarithms.</summary>
/// <remarks>
/// Mutable and not thread-safe. Values: <see cref="LossFunctions.MeanSquaredLogarithmicError"/>. Source:
/// <c>keras/src/metrics/regression_metrics.py</c>.
/// </remarks>
[Identifiers("mean_squared_logarithmic_error", "msle", "MSLE")]
public sealed class MeanSquaredLogarithmicError : MeanMetricWrapper
{
    /// <inheritdoc cref="MeanSquaredLogarithmicError" path="/summary"/>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it sums in; float32 by default.</param>
    public MeanSquaredLogarithmicError(string? name = "mean_squared_logarithmic_error", DTypePolicy? dtype = null)
        : base(static (y_true, y_pred) => LossFunctions.MeanSquaredLogarithmicError(y_true, y_pred), name, dtype) { }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;
}
