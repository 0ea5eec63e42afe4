namespace Distillation.Keras.Metrics;

/// <summary>Intersection over union of chosen classes for one-hot targets; see <see cref="IoU"/>.</summary>
/// <remarks>Mutable and not thread-safe. Source: <c>keras/src/metrics/iou_metrics.py</c>.</remarks>
public sealed class OneHotIoU : IoU
{
    /// <inheritdoc cref="OneHotIoU" path="/summary"/>
    /// <param name="num_classes">The number of classes.</param>
    /// <param name="target_class_ids">The classes whose mean is the result, from 0 on.</param>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it counts in; int64 by default.</param>
    /// <param name="ignore_class">A class of targets that is left out, or <see langword="null"/>.</param>
    /// <param name="sparse_y_pred">Whether predictions are class numbers; otherwise scores, of which the greatest is the class.</param>
    /// <param name="axis">The axis of the targets' and predictions' scores.</param>
    /// <exception cref="ArgumentException">An argument is out of its range; the message gives the range.</exception>
    /// <exception cref="InsufficientMemoryException">There is no memory for the counts of so many classes.</exception>
    public OneHotIoU(
        int num_classes,
        int[] target_class_ids,
        string? name = null,
        DTypePolicy? dtype = null,
        int? ignore_class = null,
        bool sparse_y_pred = false,
        int axis = -1
    )
        : base(num_classes, target_class_ids, name, dtype, ignore_class, false, sparse_y_pred, axis) { }
}
