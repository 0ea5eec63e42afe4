using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Metrics;

/// <summary>What precision and recall share: positives at thresholds, of one class, or among the k greatest predictions.</summary>
/// <remarks>
/// A prediction that is NaN or infinite is never right: not positive where the target is, and positive where it is not. Mutable and not
/// thread-safe. Source: <c>keras/src/metrics/confusion_metrics.py</c>.
/// </remarks>
public abstract class ConfusionRatio : Metric
{
    // What a prediction outside the k greatest counts as; the threshold with k is the same, which no prediction in it is at.
    private const double OutsideTopK = -1e10;
    private readonly double[] _limits;
    private readonly Variable _truePositives;
    private readonly Variable _others;

    private protected ConfusionRatio(string? name, DTypePolicy? dtype, Thresholds? thresholds, int? top_k, int? class_id, string others)
        : base(name, dtype)
    {
        Thresholds = thresholds;
        if (top_k < 1 || class_id < 0)
        {
            throw new ArgumentException(
                Invariant(
                    $"The metric {Name} needs a positive top_k and a class_id from 0 on, but it has top_k {Shown(top_k)} and "
                        + $"class_id {Shown(class_id)}."
                )
            );
        }

        TopK = top_k;
        ClassId = class_id;
        _limits = thresholds?.ToArray() ?? [top_k is null ? 0.5 : OutsideTopK];
        _truePositives = AddVariable("true_positives", new Shape(_limits.Length));
        _others = AddVariable(others, new Shape(_limits.Length));
    }

    /// <summary>The thresholds that were given, in [0, 1]; by default 0.5, or with <see cref="TopK"/> none.</summary>
    public Thresholds? Thresholds { get; }

    /// <summary>How many of the greatest predictions of a row can be positive, or <see langword="null"/>: all.</summary>
    public int? TopK { get; }

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
            y_pred = y_pred.is_floating_point() ? y_pred : y_pred.to(DType.ComputeType);
            long classes = y_pred.dim() > 1 ? y_pred.shape[^1] : 1;
            if ((ClassId is not null || TopK is not null) && (y_pred.dim() < 2 || ClassId >= classes || TopK > classes))
            {
                throw new ArgumentException(
                    Invariant(
                        $"The metric {Name} has class_id {Shown(ClassId)} and top_k {Shown(TopK)}, so predictions are "
                            + $"(batch, ..., classes) with as many classes, but their shape is {Ranks.ShapeOf(y_pred)}."
                    )
                );
            }

            if (TopK is int k)
            {
                Ranks.Match(ref y_pred, ref y_true);
                if (y_true.shape.AsSpan().SequenceEqual(y_pred.shape))
                {
                    y_pred = Finite.OrWorst(y_true, y_pred, Finite.Rows(y_pred, keepdim: true), OutsideTopK);
                }

                Tensor best = y_pred.topk(k).indexes;
                y_pred = y_pred.FilledLike(OutsideTopK).scatter_(-1, best, y_pred.gather(-1, best));
            }

            if (ClassId is int id)
            {
                ConfusionBatch.TakeClass(Name, ref y_true, ref y_pred, id);
            }

            ConfusionCounts counts = ConfusionCounts.At(ConfusionBatch.Of(Name, y_true, y_pred, sample_weight, DType.ComputeType), _limits);
            _truePositives.Value.Accumulate(counts.TruePositives);
            _others.Value.Accumulate(Others(counts));
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
        Tensor all = _truePositives.Value.Plus(_others.Value);
        Tensor ratio = _truePositives.Value.div(all).Replaced(all.Is(0), 0);
        return (_limits.Length == 1 ? ratio.squeeze(0) : ratio).MoveToOuterDisposeScope();
    }

    private static string Shown(int? number) => number is int given ? Invariant($"{given}") : "none";

    /// <summary>What the true positives are divided by, beside themselves.</summary>
    private protected abstract Tensor Others(ConfusionCounts counts);
}
