using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

public static partial class LossFunctions
{
    /// <summary>The mean of max(1 - y p, 0) along the last axis.</summary>
    /// <param name="y_true">-1 and 1. Where the whole array is 0 and 1, 0 stands for -1.</param>
    /// <param name="y_pred">Predictions of the same shape.</param>
    /// <returns>The shape of <paramref name="y_pred"/> without its last axis.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Hinge(Tensor y_true, Tensor y_pred)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor target, Tensor prediction) = Pair(y_true, y_pred, "hinge");
        return Margin(target, prediction).mean([-1]).MoveToOuterDisposeScope();
    }

    /// <summary>The mean of max(1 - y p, 0)² along the last axis.</summary>
    /// <inheritdoc cref="Hinge"/>
    public static Tensor SquaredHinge(Tensor y_true, Tensor y_pred)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor target, Tensor prediction) = Pair(y_true, y_pred, "squared_hinge");
        return Margin(target, prediction).Squared().mean([-1]).MoveToOuterDisposeScope();
    }

    /// <summary>max(neg - pos + 1, 0), where pos is sum(y p) and neg the largest (1 - y) p along the last axis.</summary>
    /// <param name="y_true">One-hot rows of 0 and 1.</param>
    /// <param name="y_pred">Predictions of the same shape.</param>
    /// <returns>The shape of <paramref name="y_pred"/> without its last axis.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor CategoricalHinge(Tensor y_true, Tensor y_pred)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor target, Tensor prediction) = Pair(y_true, y_pred, "categorical_hinge");
        if (prediction.dim() > 0 && prediction.shape[^1] == 0)
        {
            throw new ArgumentException(
                $"categorical_hinge needs at least one class, but the predictions' shape is {Losses.LossShapes.Text(prediction)}.",
                nameof(y_pred)
            );
        }

        Tensor positive = (target * prediction).sum(-1);
        Tensor negative = (target.Complement() * prediction).amax([-1]);
        return (negative - positive).Plus(1).AtLeast(0).MoveToOuterDisposeScope();
    }

    private static Tensor Margin(Tensor target, Tensor prediction)
    {
        // Whether all are bits stays on the device, as a scalar tensor.
        Tensor bits = (target * target.Minus(1)).Is(0).all();
        Tensor signs = where(bits, target.Times(2).Minus(1), target);
        return (signs * prediction).Complement().AtLeast(0);
    }
}
