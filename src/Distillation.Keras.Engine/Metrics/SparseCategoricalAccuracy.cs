namespace Distillation.Keras.Metrics;

/// <summary>How often the greatest prediction is at the target's class, for targets that are class numbers.</summary>
/// <remarks>
/// Mutable and not thread-safe. Values:
/// <see cref="MetricFunctions.SparseCategoricalAccuracy(TorchSharp.torch.Tensor, TorchSharp.torch.Tensor)"/>. Source:
/// <c>keras/src/metrics/accuracy_metrics.py</c>.
/// </remarks>
public sealed class SparseCategoricalAccuracy : MeanMetricWrapper
{
    /// <inheritdoc cref="SparseCategoricalAccuracy" path="/summary"/>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it sums in; float32 by default.</param>
    public SparseCategoricalAccuracy(string? name = "sparse_categorical_accuracy", DTypePolicy? dtype = null)
        : base(static (y_true, y_pred) => MetricFunctions.SparseCategoricalAccuracy(y_true, y_pred), name, dtype) { }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;
}
