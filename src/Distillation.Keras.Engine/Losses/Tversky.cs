using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Losses;

/// <summary>
/// 1 minus the Tversky index: like Dice, with weights of their own for false positives and false negatives (arXiv 1706.05721).
/// </summary>
/// <remarks>
/// Immutable. Without <c>axis</c> there is one value for the whole batch, whatever the reduction. Formula:
/// <see cref="LossFunctions.Tversky"/>. Source: <c>keras/src/losses/losses.py</c>.
/// </remarks>
[Identifiers("tversky")]
public class Tversky : Loss
{
    /// <inheritdoc cref="Tversky" path="/summary"/>
    /// <param name="alpha">The weight of what is missed, sum(y (1 - p)), as in Keras' numbers; not negative.</param>
    /// <param name="beta">The weight of what is wrongly found, sum((1 - y) p); not negative.</param>
    /// <param name="reduction">How the values of a batch become one: see <see cref="Loss"/>.</param>
    /// <param name="name">Its name in configurations; by default Keras' own.</param>
    /// <param name="axis">The axes that are summed over; <see langword="null"/>: all, the batch too.</param>
    /// <param name="dtype">The type that it computes in; float32 by default.</param>
    /// <exception cref="ArgumentException">There is no such reduction, or a weight is negative or not finite.</exception>
    public Tversky(
        double alpha = 0.5,
        double beta = 0.5,
        string reduction = "sum_over_batch_size",
        string name = "tversky",
        Axes? axis = null,
        DTypePolicy? dtype = null
    )
        : base(name, reduction, dtype)
    {
        Alpha = Arguments.NotNegative(alpha);
        Beta = Arguments.NotNegative(beta);
        Axis = axis is { IsAll: true } ? null : axis;
    }

    /// <summary>The weight of what is missed, sum(y (1 - p)), as in Keras' numbers.</summary>
    public double Alpha { get; }

    /// <summary>The weight of what is wrongly found, sum((1 - y) p).</summary>
    public double Beta { get; }

    /// <summary>The axes that are summed over; <see langword="null"/>: all.</summary>
    public Axes? Axis { get; }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor y_true, Tensor y_pred) => LossFunctions.Tversky(y_true, y_pred, Alpha, Beta, Axis);

    /// <inheritdoc/>
    protected internal override void ValidateTargets(Tensor y_true, Shape outputShape) =>
        LossShapes.CheckBroadcastable(y_true, outputShape, "tversky");
}
