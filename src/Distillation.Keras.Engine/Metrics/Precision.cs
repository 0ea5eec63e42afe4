using static TorchSharp.torch;

namespace Distillation.Keras.Metrics;

/// <summary>How many of the predicted positives are right.</summary>
/// <remarks>
/// Mutable and not thread-safe. Targets and predictions have the same shape; a target that is not 0 is positive, a prediction that is above
/// the threshold is. With several thresholds the result is a vector. Source: <c>keras/src/metrics/confusion_metrics.py</c>.
/// </remarks>
public sealed class Precision : ConfusionRatio
{
    /// <inheritdoc cref="Precision" path="/summary"/>
    /// <param name="thresholds">A threshold in [0, 1], or several; by default 0.5, or with <paramref name="top_k"/> none.</param>
    /// <param name="top_k">How many of the greatest predictions of a row can be positive; by default all.</param>
    /// <param name="class_id">The class (index of the last axis) that counts; by default all.</param>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it computes in; float32 by default.</param>
    /// <exception cref="ArgumentException">An argument is out of its range; the message gives the range.</exception>
    public Precision(Thresholds? thresholds = null, int? top_k = null, int? class_id = null, string? name = null, DTypePolicy? dtype = null)
        : base(name, dtype, thresholds, top_k, class_id, "false_positives") { }

    private protected override Tensor Others(ConfusionCounts counts) => counts.FalsePositives;
}
