namespace Distillation.Keras.Metrics;

/// <summary>
/// The mean of the concordance of targets and predictions along an axis: their correlation, less where means or spreads differ.
/// </summary>
/// <remarks>
/// Mutable and not thread-safe. Values:
/// <see cref="MetricFunctions.ConcordanceCorrelation(TorchSharp.torch.Tensor, TorchSharp.torch.Tensor, int)"/>. Source:
/// <c>keras/src/metrics/correlation_metrics.py</c>.
/// </remarks>
public sealed class ConcordanceCorrelation : MeanMetricWrapper
{
    /// <inheritdoc cref="ConcordanceCorrelation" path="/summary"/>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it sums in; float32 by default.</param>
    /// <param name="axis">The axis along which it is computed.</param>
    public ConcordanceCorrelation(string? name = "concordance_correlation", DTypePolicy? dtype = null, int axis = -1)
        : base((y_true, y_pred) => MetricFunctions.ConcordanceCorrelation(y_true, y_pred, axis), name, dtype)
    {
        Axis = axis;
    }

    /// <summary>The axis along which it is computed.</summary>
    public int Axis { get; }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;
}
