using static TorchSharp.torch;

namespace Distillation.Keras.Metrics;

/// <summary>The best recall at a threshold where the precision is high enough.</summary>
/// <remarks>
/// Mutable and not thread-safe. 0 where no threshold gives the precision. Targets and predictions have the same shape; a target that is not
/// 0 is positive, a prediction in [0, 1] that is above a threshold is. Source: <c>keras/src/metrics/confusion_metrics.py</c>.
/// </remarks>
public sealed class RecallAtPrecision : SensitivitySpecificity
{
    /// <inheritdoc cref="RecallAtPrecision" path="/summary"/>
    /// <param name="precision">The precision that there is to be at least, in [0, 1].</param>
    /// <param name="num_thresholds">How many thresholds, evenly spaced from 0 to 1, are tried; a single one is 0.5.</param>
    /// <param name="class_id">The class (index of the last axis) that counts; by default all.</param>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it computes in; float32 by default.</param>
    /// <exception cref="ArgumentException">An argument is out of its range; the message gives the range.</exception>
    /// <exception cref="InsufficientMemoryException">There is no memory for so many thresholds.</exception>
    public RecallAtPrecision(
        double precision,
        int num_thresholds = 200,
        int? class_id = null,
        string? name = null,
        DTypePolicy? dtype = null
    )
        : base(nameof(precision), precision, num_thresholds, class_id, name, dtype)
    {
        Precision = precision;
    }

    /// <summary>The precision that there is to be at least.</summary>
    public double Precision { get; }

    private protected override (Tensor Constrained, Tensor Wanted) Choose(Tensor sensitivity, Tensor specificity, Func<Tensor> precision) =>
        (precision(), sensitivity);
}
