namespace Distillation.Keras.Metrics;

/// <summary>The mean of the intersection over union of all classes that occurred; see <see cref="IoU"/>.</summary>
/// <remarks>Mutable and not thread-safe. Source: <c>keras/src/metrics/iou_metrics.py</c>.</remarks>
public class MeanIoU : IoU
{
    /// <inheritdoc cref="MeanIoU" path="/summary"/>
    /// <param name="num_classes">The number of classes.</param>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it counts in; int64 by default.</param>
    /// <param name="ignore_class">A class of targets that is left out, or <see langword="null"/>.</param>
    /// <param name="sparse_y_true">Whether targets are class numbers; otherwise scores, of which the greatest is the class.</param>
    /// <param name="sparse_y_pred">Whether predictions are class numbers; otherwise scores, of which the greatest is the class.</param>
    /// <param name="axis">The axis of the scores.</param>
    /// <exception cref="ArgumentException">An argument is out of its range; the message gives the range.</exception>
    /// <exception cref="InsufficientMemoryException">There is no memory for the counts of so many classes.</exception>
    public MeanIoU(
        int num_classes,
        string? name = null,
        DTypePolicy? dtype = null,
        int? ignore_class = null,
        bool sparse_y_true = true,
        bool sparse_y_pred = true,
        int axis = -1
    )
        : base(num_classes, AllOf(num_classes), name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis) { }
}
