using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Losses;

/// <summary>Categorical crossentropy in which what is already right counts less (arXiv 1708.02002).</summary>
/// <remarks>
/// Immutable. Shapes, clipping and formula: <see cref="LossFunctions.CategoricalFocalCrossentropy"/>. Source:
/// <c>keras/src/losses/losses.py</c>.
/// </remarks>
[Identifiers("categorical_focal_crossentropy")]
public class CategoricalFocalCrossentropy : Loss
{
    /// <inheritdoc cref="CategoricalFocalCrossentropy" path="/summary"/>
    /// <param name="alpha">The weight of all classes, or one for each; 0.25 by default.</param>
    /// <param name="gamma">How strongly what is already right is weighted down; not negative.</param>
    /// <param name="from_logits">Whether predictions are logits; their softmax is clipped too.</param>
    /// <param name="label_smoothing">s makes of a target y: y (1 - s) + s / (size of the last axis). From 0 to 1.</param>
    /// <param name="axis">The axis of the classes.</param>
    /// <param name="reduction">How the values of a batch become one: see <see cref="Loss"/>.</param>
    /// <param name="name">Its name in configurations; by default Keras' own.</param>
    /// <param name="dtype">The type that it computes in; float32 by default.</param>
    /// <exception cref="ArgumentException">There is no such reduction, or a number is out of its range.</exception>
    public CategoricalFocalCrossentropy(
        FocalAlpha? alpha = null,
        double gamma = 2.0,
        bool from_logits = false,
        double label_smoothing = 0.0,
        int axis = -1,
        string reduction = "sum_over_batch_size",
        string name = "categorical_focal_crossentropy",
        DTypePolicy? dtype = null
    )
        : base(name, reduction, dtype)
    {
        Alpha = alpha ?? FocalAlpha.Default;
        Gamma = Arguments.NotNegative(gamma);
        FromLogits = from_logits;
        LabelSmoothing = Arguments.Fraction(label_smoothing);
        Axis = axis;
    }

    /// <summary>The weight of all classes, or one for each.</summary>
    public FocalAlpha Alpha { get; }

    /// <summary>How strongly what is already right is weighted down.</summary>
    public double Gamma { get; }

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
        return LossFunctions.Focal(target, prediction, Alpha, Gamma, FromLogits, LabelSmoothing, Axis);
    }

    /// <inheritdoc/>
    protected internal override void ValidateTargets(Tensor y_true, Shape outputShape) =>
        LossShapes.CheckSame(y_true, outputShape, "categorical_focal_crossentropy", classes: true);
}
