using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Metrics;

/// <summary>
/// The root of the mean of the squared error. Unlike <see cref="MeanSquaredError"/> it takes weights of single elements too, and of vectors
/// each element counts.
/// </summary>
/// <remarks>Mutable and not thread-safe. Source: <c>keras/src/metrics/regression_metrics.py</c>.</remarks>
public sealed class RootMeanSquaredError : MeanMetricWrapper
{
    /// <inheritdoc cref="RootMeanSquaredError" path="/summary"/>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it computes in; float32 by default.</param>
    public RootMeanSquaredError(string? name = "root_mean_squared_error", DTypePolicy? dtype = null)
        : base(SquaredErrors, name, dtype) { }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;

    /// <inheritdoc/>
    internal override void UpdateMasked(Tensor y_true, Tensor y_pred, Tensor? sample_weight, Tensor? mask) =>
        base.UpdateMasked(y_true, y_pred, sample_weight, null); // As in Keras this one does not heed a mask.

    private protected override Tensor Finish(Tensor mean) => mean.sqrt_();

    private static Tensor SquaredErrors(Tensor y_true, Tensor y_pred)
    {
        using DisposeScope scope = NewDisposeScope();
        Shape target = Ranks.ShapeOf(y_true);
        Shape output = Ranks.ShapeOf(y_pred);
        ScalarType type = y_pred.dtype == ScalarType.Float64 ? y_pred.dtype : ScalarType.Float32;
        (y_true, y_pred) = (y_true.to_type(type), y_pred.to_type(type));
        Ranks.Match(ref y_true, ref y_pred);
        if (!y_true.shape.AsSpan().SequenceEqual(y_pred.shape))
        {
            throw new ArgumentException(
                "The root mean squared error compares targets and predictions element by element (a last axis of size 1 may be missing "
                    + $"in one), but the targets' shape is {target} and the predictions' {output}."
            );
        }

        return y_pred.sub(y_true).Squared().MoveToOuterDisposeScope();
    }
}
