using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Losses;

/// <summary>The Kullback-Leibler divergence of the predicted distributions from the targets.</summary>
/// <remarks>
/// Immutable. Shapes, clipping and formula: <see cref="LossFunctions.KlDivergence"/>. Source: <c>keras/src/losses/losses.py</c>.
/// </remarks>
[Identifiers("kl_divergence", "kld", "KLD")]
public class KLDivergence : Loss
{
    /// <inheritdoc cref="KLDivergence" path="/summary"/>
    /// <param name="reduction">How the values of a batch become one: see <see cref="Loss"/>.</param>
    /// <param name="name">Its name in configurations; by default Keras' own.</param>
    /// <param name="dtype">The type that it computes in; float32 by default.</param>
    /// <exception cref="ArgumentException">There is no such reduction.</exception>
    public KLDivergence(string reduction = "sum_over_batch_size", string name = "kl_divergence", DTypePolicy? dtype = null)
        : base(name, reduction, dtype) { }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor y_true, Tensor y_pred) => LossFunctions.KlDivergence(y_true, y_pred);

    /// <inheritdoc/>
    protected internal override void ValidateTargets(Tensor y_true, Shape outputShape) =>
        LossShapes.CheckBroadcastable(y_true, outputShape, "kl_divergence");
}
