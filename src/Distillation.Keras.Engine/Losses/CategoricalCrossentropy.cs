using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Losses;

/// <summary>-sum(y log p) for one-hot targets or target probabilities.</summary>
/// <remarks>
/// Immutable. Shapes, clipping and the use of a softmax' logits: <see cref="LossFunctions.CategoricalCrossentropy"/>. For class numbers as
/// targets see <see cref="SparseCategoricalCrossentropy"/>. Source: <c>keras/src/losses/losses.py</c>.
/// </remarks>
[Identifiers("categorical_crossentropy")]
public class CategoricalCrossentropy : Loss
{
    /// <inheritdoc cref="CategoricalCrossentropy" path="/summary"/>
    /// <param name="from_logits">
    /// Whether predictions are logits. Predictions that come directly from a softmax are computed from their logits without it.
    /// </param>
    /// <param name="label_smoothing">s makes of a target y: y (1 - s) + s / (size of the last axis). From 0 to 1.</param>
    /// <param name="axis">The axis of the classes.</param>
    /// <param name="reduction">How the values of a batch become one: see <see cref="Loss"/>.</param>
    /// <param name="name">Its name in configurations; by default Keras' own.</param>
    /// <param name="dtype">The type that it computes in; float32 by default.</param>
    /// <exception cref="ArgumentException">There is no such reduction, or a number is out of its range.</exception>
    public CategoricalCrossentropy(
        bool from_logits = false,
        double label_smoothing = 0.0,
        int axis = -1,
        string reduction = "sum_over_batch_size",
        string name = "categorical_crossentropy",
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

    /// <summary>How much of each target is spread over all classes.</summary>
    public double LabelSmoothing { get; }

    /// <summary>The axis of the classes.</summary>
    public int Axis { get; }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor y_true, Tensor y_pred)
    {
        (Tensor target, Tensor prediction) = LossShapes.SameRank(y_true, y_pred);
        return LossFunctions.CategoricalCrossentropy(target, prediction, FromLogits, LabelSmoothing, Axis);
    }

    /// <inheritdoc/>
    protected internal override void ValidateTargets(Tensor y_true, Shape outputShape) =>
        LossShapes.CheckSame(y_true, outputShape, "categorical_crossentropy", classes: true);
}
