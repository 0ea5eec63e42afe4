using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Metrics;

/// <summary>What the counts of right and wrong positives and negatives share: weighted counts at one or more thresholds.</summary>
/// <remarks>
/// A prediction that is NaN or infinite is never right: not positive where the target is, and positive where it is not. Mutable and not
/// thread-safe. Source: <c>keras/src/metrics/confusion_metrics.py</c>.
/// </remarks>
public abstract class ConfusionConditionCount : Metric
{
    private readonly double[] _limits;
    private readonly Variable _accumulator;

    private protected ConfusionConditionCount(Thresholds? thresholds, string? name, DTypePolicy? dtype)
        : base(name, dtype)
    {
        Thresholds = thresholds;
        _limits = thresholds?.ToArray() ?? [0.5];
        _accumulator = AddVariable("accumulator", new Shape(_limits.Length));
    }

    /// <summary>The thresholds that were given, in [0, 1]; by default 0.5.</summary>
    public Thresholds? Thresholds { get; }

    /// <inheritdoc/>
    public override void UpdateState(Tensor y_true, Tensor y_pred, Tensor? sample_weight = null)
    {
        TensorGuard.Real(y_true);
        TensorGuard.Real(y_pred);
        try
        {
            using IDisposable noGrad = no_grad();
            using DisposeScope scope = NewDisposeScope();
            ConfusionBatch batch = ConfusionBatch.Of(Name, y_true, y_pred, sample_weight, DType.ComputeType);
            _accumulator.Value.Accumulate(Counted(ConfusionCounts.At(batch, _limits)));
        }
        catch (Exception e) when (NativeFailure.Is(e))
        {
            throw Failed(e, y_true, y_pred, sample_weight);
        }
    }

    /// <inheritdoc/>
    public override Tensor Result()
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        return (_limits.Length == 1 ? _accumulator.Value[0].clone() : _accumulator.Value.clone()).MoveToOuterDisposeScope();
    }

    /// <summary>Which of the counts it is.</summary>
    private protected abstract Tensor Counted(ConfusionCounts counts);
}
