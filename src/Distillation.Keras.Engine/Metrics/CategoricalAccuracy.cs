namespace Distillation.Keras.Metrics;

/// <summary>How often the greatest prediction is at the greatest target, for one-hot targets.</summary>
/// <remarks>
/// Mutable and not thread-safe. Values:
/// <see cref="MetricFunctions.CategoricalAccuracy(TorchSharp.torch.Tensor, TorchSharp.torch.Tensor)"/>. Source:
/// <c>keras/src/metrics/accuracy_metrics.py</c>.
/// </remarks>
public sealed class CategoricalAccuracy : MeanMetricWrapper
{
    /// <inheritdoc cref="CategoricalAccuracy" path="/summary"/>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it sums in; float32 by default.</param>
    public CategoricalAccuracy(string? name = "categorical_accuracy", DTypePolicy? dtype = null)
        : base(static (y_true, y_pred) => MetricFunctions.CategoricalAccuracy(y_true, y_pred), name, dtype) { }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;
}
