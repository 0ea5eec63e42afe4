using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Metrics;

/// <summary>Intersection over union of the two classes on the sides of a threshold; see <see cref="IoU"/>.</summary>
/// <remarks>Mutable and not thread-safe. Source: <c>keras/src/metrics/iou_metrics.py</c>.</remarks>
public sealed class BinaryIoU : IoU
{
    /// <inheritdoc cref="BinaryIoU" path="/summary"/>
    /// <param name="target_class_ids">The classes whose mean is the result: 0, 1 or both (the default).</param>
    /// <param name="threshold">Predictions that reach it are of class 1. Use 0 for logits.</param>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it counts in; int64 by default.</param>
    /// <exception cref="ArgumentException">A class is neither 0 nor 1, or the threshold is not finite.</exception>
    public BinaryIoU(int[]? target_class_ids = null, double threshold = 0.5, string? name = null, DTypePolicy? dtype = null)
        : base(2, target_class_ids ?? [0, 1], name, dtype)
    {
        Threshold = Arguments.Finite(threshold);
    }

    /// <summary>What predictions must reach to be of class 1.</summary>
    public double Threshold { get; }

    /// <inheritdoc/>
    public override void UpdateState(Tensor y_true, Tensor y_pred, Tensor? sample_weight = null)
    {
        TensorGuard.Real(y_pred);
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor called = y_pred.to_type(ScalarType.Float32).IsAtLeast(Threshold).to_type(ScalarType.Float32);
        base.UpdateState(y_true, called.Replaced(y_pred.isfinite().logical_not(), double.NaN), sample_weight);
    }
}
