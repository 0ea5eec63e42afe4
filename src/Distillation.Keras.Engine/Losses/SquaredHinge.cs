using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Losses;

/// <summary>The mean of max(1 - y p, 0)² along the last axis, for targets -1 and 1 (or 0 and 1).</summary>
/// <remarks>
/// Immutable. Shapes, clipping and formula: <see cref="LossFunctions.SquaredHinge"/>. Source: <c>keras/src/losses/losses.py</c>.
/// </remarks>
[Identifiers("squared_hinge")]
public class SquaredHinge : Loss
{
    /// <inheritdoc cref="SquaredHinge" path="/summary"/>
    /// <param name="reduction">How the values of a batch become one: see <see cref="Loss"/>.</param>
    /// <param name="name">Its name in configurations; by default Keras' own.</param>
    /// <param name="dtype">The type that it computes in; float32 by default.</param>
    /// <exception cref="ArgumentException">There is no such reduction.</exception>
    public SquaredHinge(string reduction = "sum_over_batch_size", string name = "squared_hinge", DTypePolicy? dtype = null)
        : base(name, reduction, dtype) { }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor y_true, Tensor y_pred) => LossFunctions.SquaredHinge(y_true, y_pred);

    /// <inheritdoc/>
    protected internal override void ValidateTargets(Tensor y_true, Shape outputShape) =>
        LossShapes.CheckBroadcastable(y_true, outputShape, "squared_hinge");
}
