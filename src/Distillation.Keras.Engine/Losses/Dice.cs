using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Losses;

/// <summary>1 minus the Dice coefficient 2 sum(y p) / (sum(y) + sum(p)): the overlap of areas, for segmentation.</summary>
/// <remarks>
/// Immutable. Without <c>axis</c> there is one value for the whole batch, whatever the reduction. Formula:
/// <see cref="LossFunctions.Dice"/>. Source: <c>keras/src/losses/losses.py</c>.
/// </remarks>
[Identifiers("dice")]
public class Dice : Loss
{
    /// <inheritdoc cref="Dice" path="/summary"/>
    /// <param name="reduction">How the values of a batch become one: see <see cref="Loss"/>.</param>
    /// <param name="name">Its name in configurations; by default Keras' own.</param>
    /// <param name="axis">The axes that are summed over; <see langword="null"/>: all, the batch too.</param>
    /// <param name="dtype">The type that it computes in; float32 by default.</param>
    /// <exception cref="ArgumentException">There is no such reduction.</exception>
    public Dice(string reduction = "sum_over_batch_size", string name = "dice", Axes? axis = null, DTypePolicy? dtype = null)
        : base(name, reduction, dtype)
    {
        Axis = axis is { IsAll: true } ? null : axis;
    }

    /// <summary>The axes that are summed over; <see langword="null"/>: all.</summary>
    public Axes? Axis { get; }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor y_true, Tensor y_pred) => LossFunctions.Dice(y_true, y_pred, Axis);

    /// <inheritdoc/>
    protected internal override void ValidateTargets(Tensor y_true, Shape outputShape) =>
        LossShapes.CheckBroadcastable(y_true, outputShape, "dice");
}
