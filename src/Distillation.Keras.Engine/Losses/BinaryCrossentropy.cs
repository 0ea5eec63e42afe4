using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Losses;

/// <summary>The mean of -(y log p + (1 - y) log(1 - p)) for targets between 0 and 1.</summary>
/// <remarks>
/// Immutable. Shapes, clipping and the use of a sigmoid's logits: <see cref="LossFunctions.BinaryCrossentropy"/>.
/// Source: <c>keras/src/losses/losses.py</c>.
/// </remarks>
[Identifiers("binary_crossentropy", "bce", "BCE")]
public class BinaryCrossentropy : Loss
{
    /// <inheritdoc cref="BinaryCrossentropy" path="/summary"/>
    /// <param name="from_logits">
    /// Whether predictions are logits. Predictions that come directly from a sigmoid are computed from their logits without it.
    /// </param>
    /// <param name="label_smoothing">s makes of a target y: y (1 - s) + s / 2. From 0 to 1.</param>
    /// <param name="axis">The axis that the mean goes along.</param>
    /// <param name="reduction">How the values of a batch become one: see <see cref="Loss"/>.</param>
    /// <param name="name">Its name in configurations; by default Keras' own.</param>
    /// <param name="dtype">The type that it computes in; float32 by default.</param>
    /// <exception cref="ArgumentException">There is no such reduction, or a number is out of its range.</exception>
    public BinaryCrossentropy(
        bool from_logits = false,
        double label_smoothing = 0.0,
        int axis = -1,
        string reduction = "sum_over_batch_size",
        string name = "binary_crossentropy",
        DTypePolicy? dtype = null
    )
        : base(name, reduction, dtype)
    {
        FromLogits = from_logits;
        LabelSmoothing = Arguments.Fraction(label_smoothing);
        Axis = axis;
    }

    /// <summary>Whether predictions are logits.</summary>
    public bool FromLogits { get; }

    /// <summary>How far targets are moved towards 1/2.</summary>
    public double LabelSmoothing { get; }

    /// <summary>The axis that the mean goes along.</summary>
    public int Axis { get; }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor y_true, Tensor y_pred)
    {
        (Tensor target, Tensor prediction) = LossShapes.SameRank(y_true, y_pred);
        return LossFunctions.BinaryCrossentropy(target, prediction, FromLogits, LabelSmoothing, Axis);
    }

    /// <inheritdoc/>
    protected internal override void ValidateTargets(Tensor y_true, Shape outputShape) =>
        LossShapes.CheckSame(y_true, outputShape, "binary_crossentropy", classes: false);
}
