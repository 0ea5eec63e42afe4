using static TorchSharp.torch;

namespace Distillation.Keras.Metrics;

/// <summary>How many predictions are negative where the target is positive.</summary>
/// <remarks>
/// Mutable and not thread-safe. Targets and predictions have the same shape; a target that is not 0 is positive, a prediction that is above
/// the threshold is. Weights count a sample as often as they say. With several thresholds the result is a vector. Source:
/// <c>keras/src/metrics/confusion_metrics.py</c>.
/// </remarks>
public sealed class FalseNegatives : ConfusionConditionCount
{
    /// <inheritdoc cref="FalseNegatives" path="/summary"/>
    /// <param name="thresholds">A threshold in [0, 1], or several; by default 0.5.</param>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it counts in; float32 by default.</param>
    /// <exception cref="ArgumentException">A threshold is out of its range, or there is none; the message gives the range.</exception>
    public FalseNegatives(Thresholds? thresholds = null, string? name = null, DTypePolicy? dtype = null)
        : base(thresholds, name, dtype) { }

    private protected override Tensor Counted(ConfusionCounts counts) => counts.Positives.sub(counts.TruePositives);
}
