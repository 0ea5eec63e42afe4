using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Losses;

/// <summary>The negative log-likelihood of counts, less the terms without the prediction.</summary>
/// <remarks>
/// Immutable. Shapes, clipping and formula: <see cref="LossFunctions.Poisson"/>. Source: <c>keras/src/losses/losses.py</c>.
/// </remarks>
[Identifiers("poisson")]
public class Poisson : Loss
{
    /// <inheritdoc cref="Poisson" path="/summary"/>
    /// <param name="reduction">How the values of a batch become one: see <see cref="Loss"/>.</param>
    /// <param name="name">Its name in configurations; by default Keras' own.</param>
    /// <param name="dtype">The type that it computes in; float32 by default.</param>
    /// <exception cref="ArgumentException">There is no such reduction.</exception>
    public Poisson(string reduction = "sum_over_batch_size", string name = "poisson", DTypePolicy? dtype = null)
        : base(name, reduction, dtype) { }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor y_true, Tensor y_pred) => LossFunctions.Poisson(y_true, y_pred);

    /// <inheritdoc/>
    protected internal override void ValidateTargets(Tensor y_true, Shape outputShape) =>
        LossShapes.CheckBroadcastable(y_true, outputShape, "poisson");
}
