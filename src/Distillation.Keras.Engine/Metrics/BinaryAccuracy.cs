namespace Distillation.Keras.Metrics;

/// <summary>How often predictions lie on the side of a threshold that the targets, 0 or 1, say.</summary>
/// <remarks>
/// Mutable and not thread-safe. Values:
/// <see cref="MetricFunctions.BinaryAccuracy(TorchSharp.torch.Tensor, TorchSharp.torch.Tensor, double)"/>. Source:
/// <c>keras/src/metrics/accuracy_metrics.py</c>.
/// </remarks>
public sealed class BinaryAccuracy : MeanMetricWrapper
{
    /// <inheritdoc cref="BinaryAccuracy" path="/summary"/>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it sums in; float32 by default.</param>
    /// <param name="threshold">Predictions strictly above it count as 1. Use 0 for logits.</param>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is not finite.</exception>
    public BinaryAccuracy(string? name = "binary_accuracy", DTypePolicy? dtype = null, double threshold = 0.5)
        : base((y_true, y_pred) => MetricFunctions.BinaryAccuracy(y_true, y_pred, threshold), name, dtype)
    {
        Threshold = Arguments.Finite(threshold);
    }

    /// <summary>What predictions must be above to count as 1.</summary>
    public double Threshold { get; }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;
}
