using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

public static partial class LossFunctions
{
    /// <summary>The mean of (y - p)² along the last axis.</summary>
    /// <param name="y_true">Targets of the shape of <paramref name="y_pred"/>; (n, 1) is repeated for (n, c), as in Keras.</param>
    /// <param name="y_pred">Predictions.</param>
    /// <returns>The shape of <paramref name="y_pred"/> without its last axis.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor MeanSquaredError(Tensor y_true, Tensor y_pred)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor target, Tensor prediction) = Pair(y_true, y_pred, "mean_squared_error");
        target = target.expand_as(prediction); // libtorch warns where it would broadcast itself
        return nn.functional.mse_loss(prediction, target, nn.Reduction.None).mean([-1]).MoveToOuterDisposeScope();
    }

    /// <summary>The mean of |y - p| along the last axis. The gradient where both are equal is 0.</summary>
    /// <inheritdoc cref="MeanSquaredError"/>
    public static Tensor MeanAbsoluteError(Tensor y_true, Tensor y_pred)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor target, Tensor prediction) = Pair(y_true, y_pred, "mean_absolute_error");
        return (prediction - target).abs().mean([-1]).MoveToOuterDisposeScope();
    }

    /// <summary>100 times the mean of |y - p| / max(|y|, 1e-7) along the last axis.</summary>
    /// <inheritdoc cref="MeanSquaredError"/>
    public static Tensor MeanAbsolutePercentageError(Tensor y_true, Tensor y_pred)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor target, Tensor prediction) = Pair(y_true, y_pred, "mean_absolute_percentage_error");
        Tensor relative = ((target - prediction) / target.abs().AtLeast(Epsilon)).abs();
        return relative.mean([-1]).Times(100).MoveToOuterDisposeScope();
    }

    /// <summary>The mean of (log(y + 1) - log(p + 1))² along the last axis; what is below 1e-7 counts as 1e-7.</summary>
    /// <inheritdoc cref="MeanSquaredError"/>
    public static Tensor MeanSquaredLogarithmicError(Tensor y_true, Tensor y_pred)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor target, Tensor prediction) = Pair(y_true, y_pred, "mean_squared_logarithmic_error");
        Tensor difference = prediction.AtLeast(Epsilon).Plus(1).log() - target.AtLeast(Epsilon).Plus(1).log();
        return difference.Squared().mean([-1]).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The mean along the last axis of e² / 2 where |e| is at most delta, and of delta |e| - delta² / 2 beyond, with e = p - y.
    /// </summary>
    /// <param name="y_true">Targets of the shape of <paramref name="y_pred"/>; (n, 1) is repeated for (n, c), as in Keras.</param>
    /// <param name="y_pred">Predictions.</param>
    /// <param name="delta">Where the parabola becomes a straight line; greater than 0.</param>
    /// <returns>The shape of <paramref name="y_pred"/> without its last axis.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Huber(Tensor y_true, Tensor y_pred, double delta = 1.0)
    {
        Arguments.Positive(delta);
        using DisposeScope scope = NewDisposeScope();
        (Tensor target, Tensor prediction) = Pair(y_true, y_pred, "huber");
        Tensor error = prediction - target;
        Tensor size = error.abs();
        Tensor line = size.Times(delta).Minus(0.5 * delta * delta);
        return where(size.IsAtMost(delta), error.Squared().Times(0.5), line).mean([-1]).MoveToOuterDisposeScope();
    }

    /// <summary>The mean of log(cosh(p - y)) along the last axis, computed without overflow.</summary>
    /// <inheritdoc cref="MeanSquaredError"/>
    public static Tensor LogCosh(Tensor y_true, Tensor y_pred)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor target, Tensor prediction) = Pair(y_true, y_pred, "log_cosh");
        Tensor error = prediction - target;
        return error.Plus(Nonlinearities.Softplus(error.Times(-2))).Minus(Math.Log(2)).mean([-1]).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Minus the cosine of the angle between targets and predictions along an axis; 0 where one of them is a row of zeros.
    /// </summary>
    /// <param name="y_true">Targets of the shape of <paramref name="y_pred"/>.</param>
    /// <param name="y_pred">Predictions.</param>
    /// <param name="axis">The axis of the vectors.</param>
    /// <returns>The shape of <paramref name="y_pred"/> without <paramref name="axis"/>.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor CosineSimilarity(Tensor y_true, Tensor y_pred, int axis = -1)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor target, Tensor prediction) = Pair(y_true, y_pred, "cosine_similarity");
        long dim = Losses.LossShapes.Axis(axis, prediction, "cosine_similarity");
        return (UnitLength(target, dim) * UnitLength(prediction, dim)).sum(dim).neg().MoveToOuterDisposeScope();
    }

    /// <summary>The mean of p - y log(p + 1e-7) along the last axis.</summary>
    /// <param name="y_true">Counts.</param>
    /// <param name="y_pred">Expected counts, positive, of the same shape.</param>
    /// <returns>The shape of <paramref name="y_pred"/> without its last axis.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Poisson(Tensor y_true, Tensor y_pred)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor target, Tensor prediction) = Pair(y_true, y_pred, "poisson");
        return (prediction - (target * prediction.Plus(Epsilon).log())).mean([-1]).MoveToOuterDisposeScope();
    }

    // min(1 / |x|, 1e7) times x; the bound sits under the root, where its gradient is 0 instead of 0 times infinity.
    private static Tensor UnitLength(Tensor x, long dim) => x * x.Squared().sum(dim, keepdim: true).AtLeast(Epsilon * Epsilon).rsqrt();
}
