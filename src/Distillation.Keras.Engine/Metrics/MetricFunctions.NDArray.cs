using Distillation.Keras.Backend;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

public static partial class MetricFunctions
{
    /// <summary>How often predictions equal targets, for arrays.</summary>
    /// <param name="y_true">Targets; a last axis of size 1 may be missing in one of the two.</param>
    /// <param name="y_pred">Predictions, compared exactly.</param>
    /// <returns>0 or 1 for each element.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static NDArray Accuracy(NDArray y_true, NDArray y_pred) => OnArrays(y_true, y_pred, static (t, p) => Accuracy(t, p));

    /// <summary>How often predictions lie on the targets' side of a threshold, for arrays.</summary>
    /// <param name="y_true">Targets, 0 or 1; a last axis of size 1 may be missing in one of the two.</param>
    /// <param name="y_pred">Predictions.</param>
    /// <param name="threshold">What is strictly above it counts as 1. Use 0 for logits.</param>
    /// <returns>0 or 1 for each element.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static NDArray BinaryAccuracy(NDArray y_true, NDArray y_pred, double threshold = 0.5) =>
        OnArrays(y_true, y_pred, (t, p) => BinaryAccuracy(t, p, threshold));

    /// <summary>Whether the greatest prediction is at the greatest target, for arrays. The first of equal ones is taken.</summary>
    /// <param name="y_true">A value for each class, such as one-hot rows: (batch, ..., classes).</param>
    /// <param name="y_pred">Probabilities or logits of the same shape.</param>
    /// <returns>0 or 1 for each row: (batch, ...).</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static NDArray CategoricalAccuracy(NDArray y_true, NDArray y_pred) =>
        OnArrays(y_true, y_pred, static (t, p) => CategoricalAccuracy(t, p));

    /// <summary>Whether the greatest prediction is at the target's class, for arrays. The first of equal ones is taken.</summary>
    /// <param name="y_true">Classes, as integers or whole floats: (batch, ...), or (batch, ..., 1).</param>
    /// <param name="y_pred">Probabilities or logits: (batch, ..., classes).</param>
    /// <returns>0 or 1 for each row: (batch, ...).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static NDArray SparseCategoricalAccuracy(NDArray y_true, NDArray y_pred) =>
        OnArrays(y_true, y_pred, static (t, p) => SparseCategoricalAccuracy(t, p));

    /// <summary>
    /// Whether the class of the greatest target is among the k greatest predictions, for arrays. One that is tied with the k-th is.
    /// </summary>
    /// <param name="y_true">A value for each class, such as one-hot rows: (batch, ..., classes).</param>
    /// <param name="y_pred">Probabilities or logits of the same shape.</param>
    /// <param name="k">How many predictions to look at.</param>
    /// <returns>0 or 1 for each row: (batch, ...).</returns>
    /// <exception cref="ArgumentException">The shapes differ, or k is not positive.</exception>
    public static NDArray TopKCategoricalAccuracy(NDArray y_true, NDArray y_pred, int k = 5) =>
        OnArrays(y_true, y_pred, (t, p) => TopKCategoricalAccuracy(t, p, k));

    /// <summary>
    /// Whether the target's class is among the k greatest predictions, for arrays. One that is tied with the k-th is; a class that does not
    /// exist is not.
    /// </summary>
    /// <param name="y_true">Classes, as integers or whole floats: (batch, ...), or (batch, ..., 1).</param>
    /// <param name="y_pred">Probabilities or logits: (batch, ..., classes); or classes, the best first.</param>
    /// <param name="k">How many predictions to look at.</param>
    /// <param name="from_sorted_ids">Whether <paramref name="y_pred"/> holds classes, the best first.</param>
    /// <returns>0 or 1 for each row, in the shape of <paramref name="y_true"/>.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or k is not positive.</exception>
    public static NDArray SparseTopKCategoricalAccuracy(NDArray y_true, NDArray y_pred, int k = 5, bool from_sorted_ids = false) =>
        OnArrays(y_true, y_pred, (t, p) => SparseTopKCategoricalAccuracy(t, p, k, from_sorted_ids));

    private static NDArray OnArrays(NDArray y_true, NDArray y_pred, Func<Tensor, Tensor, Tensor> function)
    {
        NativeLibraries.EnsureLoaded();
        using DisposeScope scope = NewDisposeScope();
        return TensorConversion.ToNDArray(
            function(TensorConversion.ToTensor(y_true, nameof(y_true)), TensorConversion.ToTensor(y_pred, nameof(y_pred)))
        );
    }
}
