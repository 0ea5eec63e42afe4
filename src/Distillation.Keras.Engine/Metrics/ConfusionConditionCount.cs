using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
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

    private protected ConfusionConditionCount(double[]? thresholds, string? name, DTypePolicy? dtype)
        : base(name, dtype)
    {
        if (thresholds is { Length: 0 })
        {
            throw new ArgumentException(
                $"The metric {Name} needs one threshold or more, but the list is empty. Leave it out for 0.5.",
                nameof(thresholds)
            );
        }

        Thresholds = thresholds is null ? null : CurveThresholds.Checked(thresholds, sort: false);
        _limits = thresholds?.ToArray() ?? [0.5];
        _accumulator = AddVariable("accumulator", new Shape(_limits.Length));
    }

    /// <summary>The thresholds that were given, in [0, 1]; by default 0.5.</summary>
    public IReadOnlyList<double>? Thresholds { get; }

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

    /// <inheritdoc/>
    public override JsonObject GetConfig()
    {
        JsonObject config = base.GetConfig();
        if (Thresholds is [double only])
        {
            // Keras has a number here, or a list of one, as the user wrote it; it reads both.
            config["thresholds"] = ConfigWriter.Real(only);
        }

        return config;
    }

    /// <summary>Which of the counts it is.</summary>
    private protected abstract Tensor Counted(ConfusionCounts counts);
}
