using Distillation.Keras.Backend;
using Distillation.Keras.Metrics;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <summary>
/// Keras' metric functions: values per sample (or per position), which a metric then averages. Loss functions, such as the mean squared
/// error, serve as metrics too.
/// </summary>
/// <remarks>
/// A row of predictions that holds a NaN or an infinity is never right, whatever the target (in Keras it may be). Thread-safe. Results
/// belong to the caller. Source: <c>keras/src/metrics/accuracy_metrics.py</c>.
/// </remarks>
public static partial class MetricFunctions
{
    /// <summary>How often predictions equal targets.</summary>
    /// <param name="y_true">Targets; a last axis of size 1 may be missing in one of the two.</param>
    /// <param name="y_pred">Predictions, compared exactly.</param>
    /// <returns>0 or 1 for each element.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor Accuracy(Tensor y_true, Tensor y_pred)
    {
        CheckReal(y_true, y_pred);
        using DisposeScope scope = NewDisposeScope();
        MatchElements(ref y_true, ref y_pred, nameof(Accuracy));
        return AsFloat(y_true.to_type(y_pred.dtype).eq(y_pred).logical_and(y_pred.isfinite())).MoveToOuterDisposeScope();
    }

    /// <summary>How often predictions lie on the targets' side of a threshold.</summary>
    /// <param name="y_true">Targets, 0 or 1; a last axis of size 1 may be missing in one of the two.</param>
    /// <param name="y_pred">Predictions.</param>
    /// <param name="threshold">What is strictly above it counts as 1. Use 0 for logits.</param>
    /// <returns>0 or 1 for each element.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor BinaryAccuracy(Tensor y_true, Tensor y_pred, double threshold = 0.5)
    {
        CheckReal(y_true, y_pred);
        Arguments.Finite(threshold);
        using DisposeScope scope = NewDisposeScope();
        MatchElements(ref y_true, ref y_pred, nameof(BinaryAccuracy));
        return AsFloat(y_true.eq(y_pred.IsAbove(threshold)).logical_and(y_pred.isfinite())).MoveToOuterDisposeScope();
    }

    /// <summary>Whether the greatest prediction is at the greatest target. The first of equal ones is taken.</summary>
    /// <param name="y_true">A value for each class, such as one-hot rows: (batch, ..., classes).</param>
    /// <param name="y_pred">Probabilities or logits of the same shape.</param>
    /// <returns>0 or 1 for each row: (batch, ...).</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor CategoricalAccuracy(Tensor y_true, Tensor y_pred)
    {
        CheckReal(y_true, y_pred);
        using DisposeScope scope = NewDisposeScope();
        CheckOneHot(y_true, y_pred, nameof(CategoricalAccuracy));
        return AsFloat(ArgMax(y_true).eq(ArgMax(y_pred)).logical_and(BothFinite(y_true, y_pred))).MoveToOuterDisposeScope();
    }

    /// <summary>Whether the greatest prediction is at the target's class. The first of equal ones is taken.</summary>
    /// <param name="y_true">Classes, as integers or whole floats: (batch, ...), or (batch, ..., 1).</param>
    /// <param name="y_pred">Probabilities or logits: (batch, ..., classes).</param>
    /// <returns>0 or 1 for each row: (batch, ...).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor SparseCategoricalAccuracy(Tensor y_true, Tensor y_pred)
    {
        CheckReal(y_true, y_pred);
        using DisposeScope scope = NewDisposeScope();
        CheckSparse(y_true, y_pred, nameof(SparseCategoricalAccuracy));
        Tensor classes = y_true.dim() == y_pred.dim() ? y_true.squeeze(-1) : y_true;
        Tensor matches = ArgMax(y_pred).eq(classes).logical_and(Finite.Rows(y_pred));
        if (matches.dim() > 1 && matches.shape[^1] == 1)
        {
            matches = matches.squeeze(-1);
        }

        return AsFloat(matches).MoveToOuterDisposeScope();
    }

    /// <summary>Whether the class of the greatest target is among the k greatest predictions. One that is tied with the k-th is.</summary>
    /// <param name="y_true">A value for each class, such as one-hot rows: (batch, ..., classes).</param>
    /// <param name="y_pred">Probabilities or logits of the same shape.</param>
    /// <param name="k">How many predictions to look at.</param>
    /// <returns>0 or 1 for each row: (batch, ...).</returns>
    /// <exception cref="ArgumentException">The shapes differ, or k is not positive.</exception>
    public static Tensor TopKCategoricalAccuracy(Tensor y_true, Tensor y_pred, int k = 5)
    {
        CheckReal(y_true, y_pred);
        CheckK(k);
        using DisposeScope scope = NewDisposeScope();
        CheckOneHot(y_true, y_pred, nameof(TopKCategoricalAccuracy));
        Tensor target = y_pred.gather(-1, ArgMax(y_true, keepdim: true));
        return AsFloat(InTopK(target, y_pred, k, keepdim: false).logical_and(BothFinite(y_true, y_pred))).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Whether the target's class is among the k greatest predictions. One that is tied with the k-th is; a class that does not exist is
    /// not.
    /// </summary>
    /// <param name="y_true">Classes, as integers or whole floats: (batch, ...), or (batch, ..., 1).</param>
    /// <param name="y_pred">Probabilities or logits: (batch, ..., classes); or classes, the best first.</param>
    /// <param name="k">How many predictions to look at.</param>
    /// <param name="from_sorted_ids">Whether <paramref name="y_pred"/> holds classes, the best first.</param>
    /// <returns>0 or 1 for each row, in the shape of <paramref name="y_true"/>.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or k is not positive.</exception>
    public static Tensor SparseTopKCategoricalAccuracy(Tensor y_true, Tensor y_pred, int k = 5, bool from_sorted_ids = false)
    {
        CheckReal(y_true, y_pred);
        CheckK(k);
        using DisposeScope scope = NewDisposeScope();
        CheckSparse(y_true, y_pred, nameof(SparseTopKCategoricalAccuracy));
        bool column = y_true.dim() == y_pred.dim();
        Tensor classes = column ? y_true : y_true.unsqueeze(-1);
        long width = y_pred.shape[^1];
        if (from_sorted_ids)
        {
            Tensor best = y_pred.narrow(-1, 0, Math.Min(k, width));
            return AsFloat(best.eq(classes).any(-1, column).logical_and(Finite.Rows(y_pred, column))).MoveToOuterDisposeScope();
        }

        classes = classes.to_type(ScalarType.Int64);
        Tensor known = classes.Between(0, width - 1);
        Tensor inside = InTopK(y_pred.gather(-1, known), y_pred, k, column);
        Tensor exists = known.eq(classes);
        return AsFloat(inside.logical_and(column ? exists : exists.squeeze(-1)).logical_and(Finite.Rows(y_pred, column)))
            .MoveToOuterDisposeScope();
    }

    // As many predictions as there are classes but k - 1 are not above the target's.
    private static Tensor InTopK(Tensor target, Tensor y_pred, int k, bool keepdim) =>
        y_pred.le(target).sum(-1, keepdim).IsAbove(y_pred.shape[^1] - k);

    private static Tensor BothFinite(Tensor y_true, Tensor y_pred)
    {
        Tensor finite = y_pred.isfinite();
        return (y_true.is_floating_point() ? finite.logical_and(y_true.isfinite()) : finite).all(-1);
    }

    // libtorch has no argmax of booleans, which one-hot targets may be.
    private static Tensor ArgMax(Tensor tensor, bool keepdim = false) =>
        (tensor.dtype == ScalarType.Bool ? tensor.to_type(ScalarType.Byte) : tensor).argmax(-1, keepdim);

    private static Tensor AsFloat(Tensor matches) => matches.to_type(ScalarType.Float32);

    private static void CheckReal(Tensor y_true, Tensor y_pred)
    {
        TensorGuard.Real(y_true);
        TensorGuard.Real(y_pred);
    }

    private static void CheckK(int k)
    {
        if (k < 1)
        {
            throw new ArgumentException(Invariant($"A top-k accuracy looks at one prediction or more, but k is {k}."), nameof(k));
        }
    }

    private static void MatchElements(ref Tensor y_true, ref Tensor y_pred, string name)
    {
        Shape target = Ranks.ShapeOf(y_true);
        Ranks.Match(ref y_true, ref y_pred);
        if (!y_true.shape.AsSpan().SequenceEqual(y_pred.shape))
        {
            throw new ArgumentException(
                $"{name} compares targets and predictions element by element (a last axis of size 1 may be missing in one), but the "
                    + $"targets' shape is {target} and the predictions' {Ranks.ShapeOf(y_pred)}."
            );
        }
    }

    private static void CheckClasses(Tensor y_pred, string name)
    {
        if (y_pred.dim() > 0 && y_pred.shape[^1] == 0)
        {
            throw new ArgumentException(
                $"{name} needs at least one class, but the predictions' shape is {Ranks.ShapeOf(y_pred)}.",
                nameof(y_pred)
            );
        }
    }

    private static void CheckOneHot(Tensor y_true, Tensor y_pred, string name)
    {
        CheckClasses(y_pred, name);
        if (y_true.dim() == 0 || !y_true.shape.AsSpan().SequenceEqual(y_pred.shape))
        {
            throw new ArgumentException(
                $"{name} needs a target for each class, (batch, ..., classes), in the shape of the predictions, but the targets' shape "
                    + $"is {Ranks.ShapeOf(y_true)} and the predictions' {Ranks.ShapeOf(y_pred)}. For class numbers use Sparse{name}."
            );
        }
    }

    private static void CheckSparse(Tensor y_true, Tensor y_pred, string name)
    {
        CheckClasses(y_pred, name);
        long[] target = y_true.shape;
        long[] output = y_pred.shape;
        bool column = target.Length == output.Length && target.Length > 0 && target[^1] == 1;
        if (
            output.Length == 0
            || !(column ? target.AsSpan(0, target.Length - 1) : target.AsSpan()).SequenceEqual(output.AsSpan(0, output.Length - 1))
        )
        {
            throw new ArgumentException(
                $"{name} needs class numbers (batch, ...) or (batch, ..., 1) for predictions (batch, ..., classes), but the targets' "
                    + $"shape is {Ranks.ShapeOf(y_true)} and the predictions' {Ranks.ShapeOf(y_pred)}. For one-hot targets use "
                    + $"{name.Replace("Sparse", string.Empty, StringComparison.Ordinal)}."
            );
        }
    }
}
