using Distillation.Keras.Backend;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

public static partial class MetricFunctions
{
    private const double Epsilon = 1e-7;

    /// <summary>Pearson's correlation of targets and predictions along an axis. NaN where one of the two does not vary.</summary>
    /// <param name="y_true">Targets; a last axis of size 1 may be missing in one of the two.</param>
    /// <param name="y_pred">Predictions of the same shape.</param>
    /// <param name="axis">The axis along which it is computed.</param>
    /// <returns>A value in [-1, 1] for each row along the axis.</returns>
    /// <exception cref="ArgumentException">The shapes differ, or there is no such axis.</exception>
    public static Tensor PearsonCorrelation(Tensor y_true, Tensor y_pred, int axis = -1) => PearsonCorrelation(y_true, y_pred, (Axes)axis);

    /// <inheritdoc cref="PearsonCorrelation(Tensor, Tensor, int)"/>
    internal static Tensor PearsonCorrelation(Tensor y_true, Tensor y_pred, Axes axis)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor target, Tensor prediction, long[] axes) = Varying(y_true, y_pred, axis, nameof(PearsonCorrelation));
        target = target.sub(target.mean(axes, keepdim: true));
        prediction = prediction.sub(prediction.mean(axes, keepdim: true));
        target = target.div(target.Variance(axes).sqrt());
        prediction = prediction.div(prediction.Variance(axes).sqrt());
        return target.mul(prediction).mean(axes).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Lin's concordance of targets and predictions along an axis: their correlation, less where means or spreads differ.
    /// </summary>
    /// <param name="y_true">Targets; a last axis of size 1 may be missing in one of the two.</param>
    /// <param name="y_pred">Predictions of the same shape.</param>
    /// <param name="axis">The axis along which it is computed.</param>
    /// <returns>A value in [-1, 1] for each row along the axis.</returns>
    /// <exception cref="ArgumentException">The shapes differ, or there is no such axis.</exception>
    public static Tensor ConcordanceCorrelation(Tensor y_true, Tensor y_pred, int axis = -1) =>
        ConcordanceCorrelation(y_true, y_pred, (Axes)axis);

    /// <inheritdoc cref="ConcordanceCorrelation(Tensor, Tensor, int)"/>
    internal static Tensor ConcordanceCorrelation(Tensor y_true, Tensor y_pred, Axes axis)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor target, Tensor prediction, long[] axes) = Varying(y_true, y_pred, axis, nameof(ConcordanceCorrelation));
        Tensor center = target.mean(axes, keepdim: true);
        Tensor mean = prediction.mean(axes, keepdim: true);
        Tensor covariance = target.sub(mean).mul(prediction.sub(mean));
        Tensor norm = target.Variance(axes).Plus(prediction.Variance(axes)).Accumulate(center.sub(mean).Squared());
        return covariance.Scale(2).div(norm.Shift(Epsilon)).mean(axes).MoveToOuterDisposeScope();
    }

    /// <inheritdoc cref="PearsonCorrelation(Tensor, Tensor, int)"/>
    public static NDArray PearsonCorrelation(NDArray y_true, NDArray y_pred, int axis = -1) =>
        OnArrays(y_true, y_pred, (t, p) => PearsonCorrelation(t, p, axis));

    /// <inheritdoc cref="ConcordanceCorrelation(Tensor, Tensor, int)"/>
    public static NDArray ConcordanceCorrelation(NDArray y_true, NDArray y_pred, int axis = -1) =>
        OnArrays(y_true, y_pred, (t, p) => ConcordanceCorrelation(t, p, axis));

    private static (Tensor Target, Tensor Prediction, long[] Axes) Varying(Tensor y_true, Tensor y_pred, Axes axis, string name)
    {
        CheckReal(y_true, y_pred);
        Tensor prediction = y_pred.is_floating_point() ? y_pred : y_pred.to_type(ScalarType.Float32);
        Tensor target = y_true.to_type(prediction.dtype);
        MatchElements(ref target, ref prediction, name);
        return (target, prediction, axis.Resolve(prediction.dim(), name));
    }
}
