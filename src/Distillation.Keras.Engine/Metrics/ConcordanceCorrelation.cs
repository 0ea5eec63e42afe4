using Distillation.Keras.Saving;

namespace Distillation.Keras.Metrics;

/// <summary>
/// The mean of the concordance of targets and predictions along an axis: their correlation, less where means or spreads differ.
/// </summary>
/// <remarks>
/// Mutable and not thread-safe. Values:
/// <see cref="MetricFunctions.ConcordanceCorrelation(TorchSharp.torch.Tensor, TorchSharp.torch.Tensor, int)"/>. Source:
/// <c>keras/src/metrics/correlation_metrics.py</c>.
/// </remarks>
[ConfigNull("axis", "\"all\"", IsWritten = true)]
public sealed class ConcordanceCorrelation : MeanMetricWrapper
{
    /// <inheritdoc cref="ConcordanceCorrelation" path="/summary"/>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it sums in; float32 by default.</param>
    /// <param name="axis">
    /// The axes along which it is computed; by default the last one, -1. <see cref="Axes.All"/>, Keras' None: all.
    /// </param>
    public ConcordanceCorrelation(string? name = "concordance_correlation", DTypePolicy? dtype = null, Axes? axis = null)
        : base((y_true, y_pred) => MetricFunctions.ConcordanceCorrelation(y_true, y_pred, axis ?? -1), name, dtype)
    {
        Axis = axis ?? -1;
    }

    /// <summary>The axes along which it is computed.</summary>
    public Axes Axis { get; }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;
}
