using Distillation.Keras.Saving;

namespace Distillation.Keras.Metrics;

/// <summary>
/// The mean of the correlation of targets and predictions along an axis: 1 where one rises with the other in a line.
/// </summary>
/// <remarks>
/// Mutable and not thread-safe. Values:
/// <see cref="MetricFunctions.PearsonCorrelation(TorchSharp.torch.Tensor, TorchSharp.torch.Tensor, int)"/>. Source:
/// <c>keras/src/metrics/correlation_metrics.py</c>.
/// </remarks>
[ConfigNull("axis", "\"all\"", IsWritten = true)]
public sealed class PearsonCorrelation : MeanMetricWrapper
{
    /// <inheritdoc cref="PearsonCorrelation" path="/summary"/>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it sums in; float32 by default.</param>
    /// <param name="axis">
    /// The axes along which it is computed; by default the last one, -1. <see cref="Axes.All"/>, Keras' None: all.
    /// </param>
    public PearsonCorrelation(string? name = "pearson_correlation", DTypePolicy? dtype = null, Axes? axis = null)
        : base((y_true, y_pred) => MetricFunctions.PearsonCorrelation(y_true, y_pred, axis ?? -1), name, dtype)
    {
        Axis = axis ?? -1;
    }

    /// <summary>The axes along which it is computed.</summary>
    public Axes Axis { get; }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;
}
