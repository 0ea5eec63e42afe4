using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Metrics;

/// <summary>
/// Intersection over union of classes: of the values that are or are called a class, the share that is both. The mean over chosen classes.
/// </summary>
/// <remarks>
/// <para>Mutable and not thread-safe. Targets and predictions have the same number of values, which are class numbers, or scores along an
/// axis where they are not sparse. Values outside the classes are left out; a prediction that is NaN or infinite is another class than the
/// target's. Classes that did not occur do not count in the mean; 0 where none did.</para>
/// <para>As in Keras it counts in whole numbers (int64), to which weights are cut: 0.9 counts as 0. Give <c>dtype: "float32"</c> where
/// weights have fractions.</para>
/// <para>Source: <c>keras/src/metrics/iou_metrics.py</c>.</para>
/// </remarks>
public class IoU : Metric
{
    private const double Epsilon = 1e-7;
    private readonly Variable _matrix;
    private readonly long[] _targets;

    /// <inheritdoc cref="IoU" path="/summary"/>
    /// <param name="num_classes">The number of classes.</param>
    /// <param name="target_class_ids">The classes whose mean is the result, from 0 on.</param>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it counts in; int64 by default.</param>
    /// <param name="ignore_class">A class of targets that is left out, or <see langword="null"/>.</param>
    /// <param name="sparse_y_true">Whether targets are class numbers; otherwise scores, of which the greatest is the class.</param>
    /// <param name="sparse_y_pred">Whether predictions are class numbers; otherwise scores, of which the greatest is the class.</param>
    /// <param name="axis">The axis of the scores.</param>
    /// <exception cref="ArgumentException">An argument is out of its range; the message gives the range.</exception>
    /// <exception cref="InsufficientMemoryException">There is no memory for the counts of so many classes.</exception>
    public IoU(
        int num_classes,
        int[] target_class_ids,
        string? name = null,
        DTypePolicy? dtype = null,
        int? ignore_class = null,
        bool sparse_y_true = true,
        bool sparse_y_pred = true,
        int axis = -1
    )
        : base(name, dtype ?? "int64")
    {
        ArgumentNullException.ThrowIfNull(target_class_ids);
        NumClasses =
            num_classes >= 1
                ? num_classes
                : throw new ArgumentOutOfRangeException(nameof(num_classes), num_classes, "There is at least one class.");
        TargetClassIds =
            target_class_ids.Length > 0 && Array.TrueForAll(target_class_ids, i => i >= 0 && i < num_classes)
                ? target_class_ids.ToArray()
                : throw new ArgumentException(
                    Invariant(
                        $"The metric {Name} needs one target class or more in the range [0, {num_classes}), but found: "
                            + $"{string.Join(", ", target_class_ids.Select(i => Invariant($"{i}")))}."
                    ),
                    nameof(target_class_ids)
                );
        IgnoreClass = ignore_class;
        SparseYTrue = sparse_y_true;
        SparseYPred = sparse_y_pred;
        Axis = axis;
        _targets = [.. target_class_ids.Select(i => (long)i)];
        _matrix = AddVariable("total_confusion_matrix", new Shape(num_classes, num_classes));
    }

    /// <summary>The number of classes.</summary>
    public int NumClasses { get; }

    /// <summary>The classes whose mean is the result.</summary>
    public IReadOnlyList<int> TargetClassIds { get; }

    /// <summary>The class of targets that is left out, if any.</summary>
    public int? IgnoreClass { get; }

    /// <summary>Whether targets are class numbers.</summary>
    public bool SparseYTrue { get; }

    /// <summary>Whether predictions are class numbers.</summary>
    public bool SparseYPred { get; }

    /// <summary>The axis of the scores, where there are scores.</summary>
    public int Axis { get; }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There are not as many targets as predictions, or weights that do not fit.</exception>
    public override void UpdateState(Tensor y_true, Tensor y_pred, Tensor? sample_weight = null)
    {
        TensorGuard.Real(y_true);
        TensorGuard.Real(y_pred);
        try
        {
            using IDisposable noGrad = no_grad();
            using DisposeScope scope = NewDisposeScope();
            ScalarType type = DType.ComputeType;
            Shape target = Ranks.ShapeOf(y_true);
            Shape output = Ranks.ShapeOf(y_pred);
            (Tensor actual, _) = ClassNumbers(y_true, SparseYTrue, nameof(y_true));
            (Tensor called, Tensor finite) = ClassNumbers(y_pred, SparseYPred, nameof(y_pred));
            if (actual.numel() != called.numel())
            {
                throw new ArgumentException(
                    $"The metric {Name} needs as many targets as predictions, but the targets' shape is {target} and the predictions' "
                        + $"{output}."
                );
            }

            called = where(finite, called, actual.Is(0).to_type(ScalarType.Int64));
            Tensor counts = Exists(actual).logical_and(Exists(called));
            if (IgnoreClass is int ignored)
            {
                counts = counts.logical_and(actual.IsNot(ignored));
            }

            Tensor weight = sample_weight is null ? ones_like(actual, type) : Weights(sample_weight, actual.shape[0], target);
            Tensor cell = actual.TimesWhole(NumClasses).Accumulate(called).Replaced(counts.logical_not(), 0);
            _matrix.Value.view(-1).scatter_add_(0, cell, weight.to_type(type).Replaced(counts.logical_not(), 0));
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
        Tensor matrix = _matrix.Value;
        Tensor both = matrix.diagonal();
        Tensor either = matrix.sum(dim: 0L).Plus(matrix.sum(dim: 1L)).sub(both);
        Tensor targets = tensor(_targets, device: matrix.device);
        Tensor union = either.index_select(0, targets).to_type(ScalarType.Float32);
        Tensor occurs = union.IsAbove(1e-9);
        Tensor shares = both.index_select(0, targets).to_type(ScalarType.Float32).div(union.Plus(Epsilon));
        return shares
            .Replaced(occurs.logical_not(), 0)
            .sum()
            .div(occurs.to_type(ScalarType.Float32).sum().Shift(Epsilon))
            .MoveToOuterDisposeScope();
    }

    /// <summary>All classes.</summary>
    private protected static int[] AllOf(int classes) => [.. Enumerable.Range(0, Math.Max(classes, 1))];

    // Numbers are cut to whole ones, as Keras does it.
    private (Tensor Numbers, Tensor Finite) ClassNumbers(Tensor values, bool isSparse, string argument)
    {
        if (isSparse)
        {
            Tensor flat = values.reshape(-1);
            Tensor finite = flat.isfinite();
            return (
                (flat.is_floating_point() ? flat.Between(-1.0, NumClasses).Replaced(finite.logical_not(), -1) : flat).to_type(
                    ScalarType.Int64
                ),
                finite
            );
        }

        int rank = (int)values.dim();
        if (Axis < -rank || Axis >= rank || values.shape[Axis < 0 ? Axis + rank : Axis] == 0)
        {
            throw new ArgumentException(
                Invariant(
                    $"The metric {Name} takes the greatest of the scores along axis {Axis}, but the shape of {argument} is "
                        + $"{Ranks.ShapeOf(values)}."
                ),
                argument
            );
        }

        Tensor scores = values.dtype == ScalarType.Bool ? values.to_type(ScalarType.Byte) : values;
        return (scores.argmax(Axis).reshape(-1), values.isfinite().all(Axis).reshape(-1));
    }

    private Tensor Exists(Tensor classes) => classes.Between(0, NumClasses - 1).eq(classes);

    private Tensor Weights(Tensor sample_weight, long count, Shape target)
    {
        Tensor weight = sample_weight.dim() > 1 ? sample_weight.reshape(-1) : sample_weight;
        return weight.dim() == 0 || weight.shape[0] == 1 || weight.shape[0] == count
            ? weight.expand(count)
            : throw new ArgumentException(
                $"The metric {Name} needs one weight for each of its targets of shape {target}, or one for all, but the weights' shape is "
                    + $"{Ranks.ShapeOf(sample_weight)}.",
                nameof(sample_weight)
            );
    }
}
