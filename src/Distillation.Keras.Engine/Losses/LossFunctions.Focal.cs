using Distillation.Keras.Backend;
using Distillation.Keras.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

public static partial class LossFunctions
{
    /// <summary>
    /// Binary crossentropy times (1 - p_t)^gamma, the mean along an axis; p_t is the probability given to what is true (arXiv 1708.02002).
    /// </summary>
    /// <param name="y_true">0 and 1, of the shape of <paramref name="y_pred"/>.</param>
    /// <param name="y_pred">Probabilities or logits; see <see cref="BinaryCrossentropy"/>.</param>
    /// <param name="apply_class_balancing">
    /// Whether ones are weighted by <paramref name="alpha"/> and zeros by 1 - alpha. Without it alpha is not used.
    /// </param>
    /// <param name="alpha">The weight of ones, from 0 to 1.</param>
    /// <param name="gamma">How strongly what is already right is weighted down; not negative.</param>
    /// <param name="from_logits">Whether <paramref name="y_pred"/> are logits.</param>
    /// <param name="label_smoothing">s makes of y: y (1 - s) + s / 2. From 0 to 1.</param>
    /// <param name="axis">The axis that the mean goes along.</param>
    /// <returns>The shape of <paramref name="y_pred"/> without <paramref name="axis"/>.</returns>
    /// <exception cref="ArgumentException">The shapes differ, or a number is out of its range.</exception>
    public static Tensor BinaryFocalCrossentropy(
        Tensor y_true,
        Tensor y_pred,
        bool apply_class_balancing = false,
        double alpha = 0.25,
        double gamma = 2.0,
        bool from_logits = false,
        double label_smoothing = 0.0,
        int axis = -1
    )
    {
        const string Name = "binary_focal_crossentropy";
        Arguments.Fraction(alpha);
        Arguments.NotNegative(gamma);
        using DisposeScope scope = NewDisposeScope();
        Tensor prediction = Floating(y_pred);
        Tensor target = Like(y_true, prediction);
        LossShapes.CheckSame(target, prediction, Name, classes: false);
        long dim = LossShapes.Axis(axis, prediction, Name);
        target = SmoothBits(target, label_smoothing);
        Tensor values = BinaryElements(target, prediction, from_logits);
        Tensor p = from_logits ? prediction.sigmoid() : prediction;
        Tensor right = (target * p).Plus(target.Complement() * p.Complement());
        values = values * right.Complement().ToThePower(gamma);
        if (apply_class_balancing)
        {
            values = values * target.Times(alpha).Plus(target.Complement().Times(1 - alpha));
        }

        return values.mean([dim]).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// alpha (1 - p)^gamma times -y log p, summed along the axis of the classes (arXiv 1708.02002). Alpha multiplies every class.
    /// </summary>
    /// <param name="y_true">One-hot rows or probabilities, of the shape of <paramref name="y_pred"/>.</param>
    /// <param name="y_pred">Probabilities, which are divided by their sum and clipped to [1e-7, 1 - 1e-7], or logits.</param>
    /// <param name="alpha">The weight of all classes; not negative.</param>
    /// <param name="gamma">How strongly what is already right is weighted down; not negative.</param>
    /// <param name="from_logits">Whether <paramref name="y_pred"/> are logits; their softmax is clipped too.</param>
    /// <param name="label_smoothing">s makes of y: y (1 - s) + s / (size of the last axis). From 0 to 1.</param>
    /// <param name="axis">The axis of the classes.</param>
    /// <returns>The shape of <paramref name="y_pred"/> without <paramref name="axis"/>.</returns>
    /// <exception cref="ArgumentException">The shapes differ, or a number is out of its range.</exception>
    public static Tensor CategoricalFocalCrossentropy(
        Tensor y_true,
        Tensor y_pred,
        double alpha = 0.25,
        double gamma = 2.0,
        bool from_logits = false,
        double label_smoothing = 0.0,
        int axis = -1
    ) => Focal(y_true, y_pred, Arguments.NotNegative(alpha), gamma, from_logits, label_smoothing, axis);

    // With one alpha for each class too, which lie along the last axis, as Keras broadcasts them.
    internal static Tensor Focal(Tensor y_true, Tensor y_pred, FocalAlpha alpha, double gamma, bool fromLogits, double smoothing, int axis)
    {
        const string Name = "categorical_focal_crossentropy";
        Arguments.NotNegative(gamma);
        using DisposeScope scope = NewDisposeScope();
        Tensor prediction = Floating(y_pred);
        Tensor target = Like(y_true, prediction);
        LossShapes.CheckSame(target, prediction, Name, classes: true);
        long dim = LossShapes.Axis(axis, prediction, Name);
        if (alpha.IsPerClass && alpha.Count != prediction.shape[^1])
        {
            throw new ArgumentException(
                Invariant(
                    $"{Name}: alpha has {alpha.Count} weights, but the last axis of the predictions {LossShapes.Text(prediction)} has "
                        + $"{prediction.shape[^1]} classes. Give one for each, or one number."
                ),
                nameof(alpha)
            );
        }

        target = SmoothClasses(target, smoothing);
        Tensor p = Normalised(fromLogits ? prediction.softmax(dim) : prediction, dim);
        Tensor factor = p.Complement().ToThePower(gamma);
        factor = alpha.IsPerClass ? factor * tensor(alpha.ToArray(), prediction.dtype, prediction.device) : factor.Times(alpha[0]);
        return (factor * target * p.log()).sum(dim).neg().MoveToOuterDisposeScope();
    }
}
