using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Losses;

/// <summary>
/// (1 - p^q) / q for the probability p of the right class: between crossentropy (q near 0) and absolute error (q near 1), for noisy labels
/// (arXiv 1805.07836).
/// </summary>
/// <remarks>
/// Immutable. Targets are class numbers. Formula: <see cref="LossFunctions.CategoricalGeneralizedCrossEntropy"/>. Source:
/// <c>keras/src/losses/losses.py</c>.
/// </remarks>
[Identifiers]
public class CategoricalGeneralizedCrossEntropy : Loss
{
    /// <inheritdoc cref="CategoricalGeneralizedCrossEntropy" path="/summary"/>
    /// <param name="q">Between 0 and 1, both excluded.</param>
    /// <param name="reduction">How the values of a batch become one: see <see cref="Loss"/>.</param>
    /// <param name="name">Its name in configurations; by default Keras' own.</param>
    /// <param name="dtype">The type that it computes in; float32 by default.</param>
    /// <exception cref="ArgumentException">There is no such reduction.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="q"/> is not between 0 and 1.</exception>
    public CategoricalGeneralizedCrossEntropy(
        double q = 0.5,
        string reduction = "sum_over_batch_size",
        string name = "categorical_generalized_cross_entropy",
        DTypePolicy? dtype = null
    )
        : base(name, reduction, dtype)
    {
        Q = LossFunctions.CheckQ(q);
    }

    /// <summary>Between 0 and 1.</summary>
    public double Q { get; }

    /// <inheritdoc/>
    protected internal override bool KeepsTargetType => true;

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor y_true, Tensor y_pred) =>
        LossFunctions.CategoricalGeneralizedCrossEntropy(y_true, y_pred, Q);

    /// <inheritdoc/>
    protected internal override void ValidateTargets(Tensor y_true, Shape outputShape) =>
        LossShapes.CheckLabels(y_true, outputShape, "categorical_generalized_cross_entropy", ignore: null);
}
