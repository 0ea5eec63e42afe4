using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Losses;

/// <summary>The mean of the squared errors of log(1 + x) along the last axis.</summary>
/// <remarks>
/// Immutable. Shapes, clipping and formula: <see cref="LossFunctions.MeanSquaredLogarithmicError"/>. Source:
/// <c>keras/src/losses/losses.py</c>.
/// </remarks>
[Identifiers("mean_squared_logarithmic_error", "msle", "MSLE")]
public class MeanSquaredLogarithmicError : Loss
{
    /// <inheritdoc cref="MeanSquaredLogarithmicError" path="/summary"/>
    /// <param name="reduction">How the values of a batch become one: see <see cref="Loss"/>.</param>
    /// <param name="name">Its name in configurations; by default Keras' own.</param>
    /// <param name="dtype">The type that it computes in; float32 by default.</param>
    /// <exception cref="ArgumentException">There is no such reduction.</exception>
    public MeanSquaredLogarithmicError(
        string reduction = "sum_over_batch_size",
        string name = "mean_squared_logarithmic_error",
        DTypePolicy? dtype = null
    )
        : base(name, reduction, dtype) { }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor y_true, Tensor y_pred) => LossFunctions.MeanSquaredLogarithmicError(y_true, y_pred);

    /// <inheritdoc/>
    protected internal override void ValidateTargets(Tensor y_true, Shape outputShape) =>
        LossShapes.CheckBroadcastable(y_true, outputShape, "mean_squared_logarithmic_error");
}
