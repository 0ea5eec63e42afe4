using System.Runtime.InteropServices;
using Distillation.Keras.Backend;
using Distillation.Keras.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

public static partial class LossFunctions
{
    /// <summary>-sum(y log p) along the axis of the classes.</summary>
    /// <param name="y_true">Probabilities or one-hot rows, of the shape of <paramref name="y_pred"/>.</param>
    /// <param name="y_pred">
    /// Probabilities, which are divided by their sum and clipped to [1e-7, 1 - 1e-7], or logits. What comes directly from a softmax
    /// along <paramref name="axis"/> is computed from its logits: nothing is clipped, and a certain and wrong prediction keeps its
    /// gradient.
    /// </param>
    /// <param name="from_logits">Whether <paramref name="y_pred"/> are logits. They stay stable at any size.</param>
    /// <param name="label_smoothing">
    /// s makes of y: y (1 - s) + s / (size of the LAST axis, as Keras has it even where <paramref name="axis"/> is another).
    /// </param>
    /// <param name="axis">The axis of the classes.</param>
    /// <returns>The shape of <paramref name="y_pred"/> without <paramref name="axis"/>.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>
    /// For target rows that do not sum to 1 the gradient is the true one, sum(y) softmax(z) - y. (TensorFlow-backed Keras gives softmax(z)
    /// - y, which is not the gradient of its value; jax-backed Keras gives the true one.)
    /// </remarks>
    public static Tensor CategoricalCrossentropy(
        Tensor y_true,
        Tensor y_pred,
        bool from_logits = false,
        double label_smoothing = 0.0,
        int axis = -1
    )
    {
        const string Name = "categorical_crossentropy";
        using DisposeScope scope = NewDisposeScope();
        Tensor prediction = Floating(y_pred);
        Tensor target = Like(y_true, prediction);
        LossShapes.CheckSame(target, prediction, Name, classes: true);
        long dim = LossShapes.Axis(axis, prediction, Name);
        target = SmoothClasses(target, label_smoothing);
        Tensor? logits = Logits.Of(prediction, LogitsKind.Softmax, axis) ?? (from_logits ? prediction : null);
        Tensor log = logits is not null ? nn.functional.log_softmax(logits, dim) : Normalised(prediction, dim).log();
        return (target * log).sum(dim).neg().MoveToOuterDisposeScope();
    }

    /// <summary>-log p of the class that each target names.</summary>
    /// <param name="y_true">
    /// Class numbers: the shape of <paramref name="y_pred"/> without its last axis, or with a last axis of size 1. Floats are taken as
    /// whole numbers.
    /// </param>
    /// <param name="y_pred">
    /// Probabilities or logits, classes last. Probabilities are clipped to [1e-7, 1 - 1e-7] and then divided by their sum; what comes
    /// directly from a softmax is computed from its logits instead.
    /// </param>
    /// <param name="from_logits">Whether <paramref name="y_pred"/> are logits.</param>
    /// <param name="ignore_class">A class number whose positions have the loss 0, or <see langword="null"/>.</param>
    /// <param name="axis">The axis of the classes: the last one; another is refused.</param>
    /// <returns>The shape of <paramref name="y_pred"/> without its last axis.</returns>
    /// <exception cref="ArgumentException">
    /// The shapes do not fit, the axis is not the last, or (seen on the CPU only) a label is no class.
    /// </exception>
    public static Tensor SparseCategoricalCrossentropy(
        Tensor y_true,
        Tensor y_pred,
        bool from_logits = false,
        int? ignore_class = null,
        int axis = -1
    )
    {
        const string Name = "sparse_categorical_crossentropy";
        using DisposeScope scope = NewDisposeScope();
        Tensor prediction = Floating(y_pred);
        CheckLastAxis(axis, prediction.dim(), Name);
        Tensor labels = LossShapes.Labels(y_true, prediction, Name);
        Tensor logits =
            Logits.Of(prediction, LogitsKind.Softmax) ?? (from_logits ? prediction : prediction.Between(Epsilon, 1 - Epsilon).log());

        long classes = logits.shape[^1];
        try
        {
            // libtorch's default ignore_index would silently give a label -100 the loss 0.
            Tensor values = nn.functional.cross_entropy(
                logits.reshape(-1, classes),
                labels.reshape(-1),
                ignore_index: ignore_class ?? long.MinValue,
                reduction: nn.Reduction.None
            );
            return values.reshape(labels.shape).MoveToOuterDisposeScope();
        }
        catch (ExternalException e) when (e.Message.Contains("out of bounds", StringComparison.Ordinal))
        {
            throw new ArgumentException(
                Invariant(
                    $"{Name}: the predictions have {classes} classes, so labels lie in 0..{classes - 1}, but there are others, from "
                        + $"{labels.min().item<long>()} to {labels.max().item<long>()}."
                ),
                nameof(y_true),
                e
            );
        }
    }

    /// <summary>The mean along an axis of -(y log p + (1 - y) log(1 - p)).</summary>
    /// <param name="y_true">0 and 1, or probabilities, of the shape of <paramref name="y_pred"/>.</param>
    /// <param name="y_pred">
    /// Probabilities, which are clipped to [1e-7, 1 - 1e-7], or logits. What comes directly from a sigmoid is computed from its logits:
    /// nothing is clipped.
    /// </param>
    /// <param name="from_logits">Whether <paramref name="y_pred"/> are logits. They stay stable at any size.</param>
    /// <param name="label_smoothing">s makes of y: y (1 - s) + s / 2. From 0 to 1.</param>
    /// <param name="axis">The axis that the mean goes along.</param>
    /// <returns>The shape of <paramref name="y_pred"/> without <paramref name="axis"/>.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor BinaryCrossentropy(
        Tensor y_true,
        Tensor y_pred,
        bool from_logits = false,
        double label_smoothing = 0.0,
        int axis = -1
    )
    {
        const string Name = "binary_crossentropy";
        using DisposeScope scope = NewDisposeScope();
        Tensor prediction = Floating(y_pred);
        Tensor target = Like(y_true, prediction);
        LossShapes.CheckSame(target, prediction, Name, classes: false);
        long dim = LossShapes.Axis(axis, prediction, Name);
        target = SmoothBits(target, label_smoothing);
        return BinaryElements(target, prediction, from_logits).mean([dim]).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The Kullback-Leibler divergence sum(y log(y / p)) along the last axis, both clipped to [1e-7, 1] and not renormalised.
    /// </summary>
    /// <param name="y_true">Probabilities.</param>
    /// <param name="y_pred">Probabilities, of the same shape.</param>
    /// <returns>The shape of <paramref name="y_pred"/> without its last axis.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor KlDivergence(Tensor y_true, Tensor y_pred)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor target, Tensor prediction) = Pair(y_true, y_pred, "kl_divergence");
        target = target.Between(Epsilon, 1);
        prediction = prediction.Between(Epsilon, 1);
        return (target * (target / prediction).log()).sum(-1).MoveToOuterDisposeScope();
    }

    /// <summary>(1 - p^q) / q for the probability p of the class that each target names.</summary>
    /// <param name="y_true">
    /// Class numbers: the shape of <paramref name="y_pred"/> without its last axis, or with a last axis of size 1.
    /// </param>
    /// <param name="y_pred">Probabilities, classes last. They are not clipped.</param>
    /// <param name="q">Between 0 and 1, both excluded.</param>
    /// <returns>The shape of <paramref name="y_pred"/> without its last axis.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or <paramref name="q"/> is out of range.</exception>
    /// <remarks>For targets (n, 1) Keras gives (n, n) values, by broadcasting; here they are taken as (n,).</remarks>
    public static Tensor CategoricalGeneralizedCrossEntropy(Tensor y_true, Tensor y_pred, double q)
    {
        CheckQ(q);
        using DisposeScope scope = NewDisposeScope();
        Tensor prediction = Floating(y_pred);
        Tensor labels = LossShapes.Labels(y_true, prediction, "categorical_generalized_cross_entropy");
        try
        {
            Tensor p = prediction.gather(-1, labels.unsqueeze(-1)).squeeze(-1);
            return p.ToThePower(q).Complement().Over(q).MoveToOuterDisposeScope();
        }
        catch (ExternalException e) when (e.Message.Contains("out of bounds", StringComparison.Ordinal))
        {
            long classes = prediction.shape[^1];
            throw new ArgumentException(
                Invariant(
                    $"categorical_generalized_cross_entropy: the predictions have {classes} classes, so labels lie in 0..{classes - 1}, "
                        + $"but there are others, from {labels.min().item<long>()} to {labels.max().item<long>()}."
                ),
                nameof(y_true),
                e
            );
        }
    }

    internal static double CheckQ(double q) => Arguments.Between(q, 0, 1);

    internal static void CheckLastAxis(int axis, long? rank, string function)
    {
        if (axis != -1 && axis != rank - 1)
        {
            throw new ArgumentException(
                Invariant($"{function} takes classes along the last axis only, but axis is {axis}. Move the classes there with permute."),
                nameof(axis)
            );
        }
    }

    // Rows divided by their sum, then clipped: in this order, as in Keras.
    private static Tensor Normalised(Tensor probabilities, long dim) =>
        (probabilities / probabilities.sum(dim, keepdim: true)).Between(Epsilon, 1 - Epsilon);

    private static Tensor SmoothClasses(Tensor target, double smoothing) =>
        Arguments.Fraction(smoothing, "label_smoothing") == 0 ? target : target.Times(1 - smoothing).Plus(smoothing / target.shape[^1]);

    private static Tensor SmoothBits(Tensor target, double smoothing) =>
        Arguments.Fraction(smoothing, "label_smoothing") == 0 ? target : target.Times(1 - smoothing).Plus(smoothing / 2);

    private static Tensor BinaryElements(Tensor target, Tensor prediction, bool fromLogits)
    {
        Tensor? logits = Logits.Of(prediction, LogitsKind.Sigmoid) ?? (fromLogits ? prediction : null);
        if (logits is not null)
        {
            return nn.functional.binary_cross_entropy_with_logits(logits, target, reduction: nn.Reduction.None);
        }

        // Not libtorch's binary_cross_entropy, which throws for NaN: a loss that is NaN is reported by the training loop.
        Tensor p = prediction.Between(Epsilon, 1 - Epsilon);
        return (target * p.log()).Plus(target.Complement() * p.Complement().log()).neg();
    }

    private static (Tensor Target, Tensor Prediction) Pair(Tensor y_true, Tensor y_pred, string function)
    {
        Tensor prediction = Floating(y_pred);
        return LossShapes.Broadcastable(Like(y_true, prediction), prediction, function);
    }
}
