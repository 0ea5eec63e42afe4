using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Losses;

/// <summary>Binary crossentropy in which what is already right counts less, for rare positives (arXiv 1708.02002).</summary>
/// <remarks>
/// Immutable. Shapes, clipping and formula: <see cref="LossFunctions.BinaryFocalCrossentropy"/>. Source: <c>keras/src/losses/losses.py</c>.
/// </remarks>
[Identifiers("binary_focal_crossentropy")]
public class BinaryFocalCrossentropy : Loss
{
    /// <inheritdoc cref="BinaryFocalCrossentropy" path="/summary"/>
    /// <param name="apply_class_balancing">
    /// Whether ones are weighted by <paramref name="alpha"/> and zeros by 1 - alpha. Without it alpha is not used.
    /// </param>
    /// <param name="alpha">The weight of ones, from 0 to 1.</param>
    /// <param name="gamma">How strongly what is already right is weighted down; not negative.</param>
    /// <param name="from_logits">Whether predictions are logits.</param>
    /// <param name="label_smoothing">s makes of a target y: y (1 - s) + s / 2. From 0 to 1.</param>
    /// <param name="axis">The axis that the mean goes along.</param>
    /// <param name="reduction">How the values of a batch become one: see <see cref="Loss"/>.</param>
    /// <param name="name">Its name in configurations; by default Keras' own.</param>
    /// <param name="dtype">The type that it computes in; float32 by default.</param>
    /// <exception cref="ArgumentException">There is no such reduction, or a number is out of its range.</exception>
    public BinaryFocalCrossentropy(
        bool apply_class_balancing = false,
        double alpha = 0.25,
        double gamma = 2.0,
        bool from_logits = false,
        double label_smoothing = 0.0,
        int axis = -1,
        string reduction = "sum_over_batch_size",
        string name = "binary_focal_crossentropy",
        DTypePolicy? dtype = null
    )
        : base(name, reduction, dtype)
    {
        ApplyClassBalancing = apply_class_balancing;
        Alpha = Arguments.Fraction(alpha);
        Gamma = Arguments.NotNegative(gamma);
        FromLogits = from_logits;
        LabelSmoothing = Arguments.Fraction(label_smoothing);
        Axis = axis;
    }

    /// <summary>Whether ones and zeros are weighted.</summary>
    public bool ApplyClassBalancing { get; }

    /// <summary>The weight of ones.</summary>
    public double Alpha { get; }

    /// <summary>How strongly what is already right is weighted down.</summary>
    public double Gamma { get; }

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
        return LossFunctions.BinaryFocalCrossentropy(
            target,
            prediction,
            ApplyClassBalancing,
            Alpha,
            Gamma,
            FromLogits,
            LabelSmoothing,
            Axis
        );
    }

    /// <inheritdoc/>
    protected internal override void ValidateTargets(Tensor y_true, Shape outputShape) =>
        LossShapes.CheckSame(y_true, outputShape, "binary_focal_crossentropy", classes: false);
}
