using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

public static partial class LossFunctions
{
    /// <summary>1 - 2 sum(y p) / (sum(y) + sum(p) + 1e-7).</summary>
    /// <param name="y_true">Targets between 0 and 1.</param>
    /// <param name="y_pred">Predictions between 0 and 1, of the same shape.</param>
    /// <param name="axis">The axes that are summed over; <see langword="null"/>: all, so that the result is a scalar.</param>
    /// <returns>The shape without <paramref name="axis"/>.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or there is no such axis.</exception>
    public static Tensor Dice(Tensor y_true, Tensor y_pred, Axes? axis = null)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor target, Tensor prediction) = Pair(y_true, y_pred, "dice");
        Tensor both = Total(target * prediction, axis, "dice").Times(2);
        Tensor sizes = Total(target, axis, "dice").Plus(Total(prediction, axis, "dice"));
        return (both / sizes.Plus(Epsilon)).Complement().MoveToOuterDisposeScope();
    }

    /// <summary>1 - sum(y p) / (sum(y p) + alpha sum(y (1 - p)) + beta sum((1 - y) p) + 1e-7).</summary>
    /// <param name="y_true">Targets between 0 and 1.</param>
    /// <param name="y_pred">Predictions between 0 and 1, of the same shape.</param>
    /// <param name="alpha">
    /// The weight of what is missed, sum(y (1 - p)). (Keras' documentation calls it the one of false positives; its numbers are these.)
    /// </param>
    /// <param name="beta">The weight of what is wrongly found, sum((1 - y) p).</param>
    /// <param name="axis">The axes that are summed over; <see langword="null"/>: all, so that the result is a scalar.</param>
    /// <returns>The shape without <paramref name="axis"/>.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or there is no such axis.</exception>
    public static Tensor Tversky(Tensor y_true, Tensor y_pred, double alpha = 0.5, double beta = 0.5, Axes? axis = null)
    {
        Arguments.NotNegative(alpha);
        Arguments.NotNegative(beta);
        using DisposeScope scope = NewDisposeScope();
        (Tensor target, Tensor prediction) = Pair(y_true, y_pred, "tversky");
        Tensor both = Total(target * prediction, axis, "tversky");
        Tensor wronglyFound = Total(target.Complement() * prediction, axis, "tversky");
        Tensor missed = Total(target * prediction.Complement(), axis, "tversky");
        return (both / both.PlusScaled(missed, alpha).PlusScaled(wronglyFound, beta).Plus(Epsilon)).Complement().MoveToOuterDisposeScope();
    }

    private static Tensor Total(Tensor x, Axes? axis, string function) => axis is null ? x.sum() : x.sum(axis.Resolve(x.dim(), function));
}
