using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Metrics;

/// <summary>What metrics share that give the best of one ratio among the thresholds where another one is high enough.</summary>
/// <remarks>
/// A prediction that is NaN or infinite is never right. Mutable and not thread-safe. Source:
/// <c>keras/src/metrics/confusion_metrics.py</c>.
/// </remarks>
public abstract class SensitivitySpecificity : Metric
{
    private readonly double _value;
    private readonly Variable _truePositives;
    private readonly Variable _falsePositives;
    private readonly Variable _trueNegatives;
    private readonly Variable _falseNegatives;

    private protected SensitivitySpecificity(
        string argument,
        double value,
        int num_thresholds,
        int? class_id,
        string? name,
        DTypePolicy? dtype
    )
        : base(name, dtype)
    {
        if (value is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(argument, value, Invariant($"The {argument} is in the range [0, 1]."));
        }

        Arguments.AtLeast(1, num_thresholds);
        if (class_id < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(class_id), class_id, "Classes are counted from 0 on.");
        }

        _value = value;
        NumThresholds = num_thresholds;
        ClassId = class_id;
        var shape = new Shape(num_thresholds);
        SystemMemory.Require(
            Invariant($"The metric '{Name}': its counts at {num_thresholds} thresholds"),
            shape,
            DType.ComputeType,
            copies: 4
        );
        _truePositives = AddVariable("true_positives", shape);
        _falsePositives = AddVariable("false_positives", shape);
        _trueNegatives = AddVariable("true_negatives", shape);
        _falseNegatives = AddVariable("false_negatives", shape);
    }

    /// <summary>The number of thresholds, evenly spaced from 0 to 1; a single one is 0.5.</summary>
    public int NumThresholds { get; }

    /// <summary>The class that counts, or <see langword="null"/>: all.</summary>
    public int? ClassId { get; }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;

    /// <inheritdoc/>
    public override void UpdateState(Tensor y_true, Tensor y_pred, Tensor? sample_weight = null)
    {
        TensorGuard.Real(y_true);
        TensorGuard.Real(y_pred);
        try
        {
            using IDisposable noGrad = no_grad();
            using DisposeScope scope = NewDisposeScope();
            if (ClassId is int id)
            {
                ConfusionBatch.TakeClass(Name, ref y_true, ref y_pred, id);
            }

            ConfusionBatch batch = ConfusionBatch.Of(Name, y_true, y_pred, sample_weight, DType.ComputeType);
            ConfusionCounts counts =
                NumThresholds == 1
                    ? ConfusionCounts.At(batch, [0.5])
                    : ConfusionCounts.AtEvenThresholds(batch, NumThresholds, isBelowZero: false);
            _truePositives.Value.Accumulate(counts.TruePositives);
            _falsePositives.Value.Accumulate(counts.FalsePositives);
            _trueNegatives.Value.Accumulate(counts.Negatives.sub(counts.FalsePositives));
            _falseNegatives.Value.Accumulate(counts.Positives.sub(counts.TruePositives));
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
        Tensor tp = _truePositives.Value;
        Tensor sensitivity = Ratio(tp, _falseNegatives.Value);
        Tensor specificity = Ratio(_trueNegatives.Value, _falsePositives.Value);
        (Tensor constrained, Tensor wanted) = Choose(sensitivity, specificity, () => Ratio(tp, _falsePositives.Value));
        return wanted.Replaced(constrained.IsBelow(_value), 0).max().MoveToOuterDisposeScope();
    }

    /// <summary>Which ratio must be high enough, and which one is wanted.</summary>
    /// <param name="sensitivity">At each threshold, which is the recall too.</param>
    /// <param name="specificity">At each threshold.</param>
    /// <param name="precision">At each threshold.</param>
    private protected abstract (Tensor Constrained, Tensor Wanted) Choose(Tensor sensitivity, Tensor specificity, Func<Tensor> precision);

    private static Tensor Ratio(Tensor part, Tensor rest)
    {
        Tensor all = part.Plus(rest);
        return part.div(all).Replaced(all.Is(0), 0);
    }
}
