using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Metrics;

/// <summary>
/// Finds predictions that are NaN or infinite, which are never right: without this a NaN would be the greatest of its row, or lie below a
/// threshold as a sure 0.
/// </summary>
/// <remarks>To be called in a dispose scope. Thread-safe.</remarks>
internal static class Finite
{
    /// <summary>Whether all numbers of a row (along the last axis) are finite.</summary>
    public static Tensor Rows(Tensor rows, bool keepdim = false) => rows.isfinite().all(-1, keepdim);

    /// <summary>
    /// The predictions, with the worst score in place of each that is not finite: one for targets that are not positive, and a low one for
    /// those that are.
    /// </summary>
    /// <param name="y_true">Targets; what is not 0 is positive.</param>
    /// <param name="y_pred">Predictions of the same shape.</param>
    /// <param name="finite">Which predictions are finite; it broadcasts.</param>
    /// <param name="low">The low score.</param>
    public static Tensor OrWorst(Tensor y_true, Tensor y_pred, Tensor finite, double low = 0)
    {
        Tensor worst = where(y_true.eq(zeros_like(y_true)), ones_like(y_pred), y_pred.FilledLike(low));
        return where(finite, y_pred, worst);
    }
}
