using Distillation.Keras.Backend;
using Distillation.Keras.Losses;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <summary>Keras' losses as functions: one value a row (or a position), not reduced over the batch.</summary>
/// <remarks>
/// Targets are taken in the type of the predictions. Every result is a new tensor with a gradient; the caller owns it. Thread-safe.
/// The same functions with weights and a reduction are the classes of <c>Distillation.Keras.Losses</c>.
/// Source: <c>keras/src/losses/losses.py</c>.
/// </remarks>
public static partial class LossFunctions
{
    /// <summary>
    /// Keras' <c>epsilon()</c>: probabilities are held at least so far from 0 and, where their complement counts, from 1.
    /// </summary>
    private const double Epsilon = 1e-7;

    private static Tensor Floating(Tensor y_pred)
    {
        TensorGuard.Real(y_pred);
        return is_floating_point(y_pred) ? y_pred : LossShapes.InType(y_pred, ScalarType.Float32);
    }

    private static Tensor Like(Tensor y_true, Tensor prediction)
    {
        TensorGuard.Real(y_true);
        return LossShapes.InType(y_true, prediction.dtype);
    }
}
