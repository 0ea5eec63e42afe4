namespace Distillation.Keras.Metrics;

/// <summary>
/// The mean of the correlation of targets and predictions along an axis: 1 where one rises with the other in a line.
/// </summary>
/// <remarks>
/// Mutable and not thread-safe. Values:
/// <see cref="MetricFunctions.PearsonCorrelation(TorchSharp.torch.Tensor, TorchSharp.torch.Tensor, int)"/>. Source:
/// <c>keras/src/metrics/correlation_metrics.py</c>.
/// </remarks>
public sealed class PearsonCorrelation : MeanMetricWrapper
{
    /// <inheritdoc cref="PearsonCorrelation" path="/summary"/>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it sums in; float32 by default.</param>
    /// <param name="axis">The axis along which it is computed.</param>
    public PearsonCorrelation(string? name = "pearson_correlation", DTypePolicy? dtype = null, int axis = -1)
        : base((y_true, y_pred) => MetricFunctions.PearsonCorrelation(y_true, y_pred, axis), name, dtype)
    {
        Axis = axis;
    }

    /// <summary>The axis along which it is computed.</summary>
    public int Axis { get; }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;
}
