using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Losses;

/// <summary>How far the right class is ahead of the best wrong one, for one-hot targets.</summary>
/// <remarks>
/// Immutable. Shapes, clipping and formula: <see cref="LossFunctions.CategoricalHinge"/>. Source: <c>keras/src/losses/losses.py</c>.
/// </remarks>
[Identifiers("categorical_hinge")]
public class CategoricalHinge : Loss
{
    /// <inheritdoc cref="CategoricalHinge" path="/summary"/>
    /// <param name="reduction">How the values of a batch become one: see <see cref="Loss"/>.</param>
    /// <param name="name">Its name in configurations; by default Keras' own.</param>
    /// <param name="dtype">The type that it computes in; float32 by default.</param>
    /// <exception cref="ArgumentException">There is no such reduction.</exception>
    public CategoricalHinge(string reduction = "sum_over_batch_size", string name = "categorical_hinge", DTypePolicy? dtype = null)
        : base(name, reduction, dtype) { }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor y_true, Tensor y_pred) => LossFunctions.CategoricalHinge(y_true, y_pred);

    /// <inheritdoc/>
    protected internal override void ValidateTargets(Tensor y_true, Shape outputShape) =>
        LossShapes.CheckBroadcastable(y_true, outputShape, "categorical_hinge");
}
