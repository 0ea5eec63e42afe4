using Distillation.Keras.Backend;
using Distillation.Keras.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Notebook;

/// <summary>The halves of targets <c>[one-hot | teacher logits]</c> and predictions <c>[p | p_T]</c>.</summary>
/// <param name="Labels">One-hot labels, (batch, classes).</param>
/// <param name="TeacherLogits">v, (batch, classes).</param>
/// <param name="Probabilities">p, (batch, classes).</param>
/// <param name="SoftenedProbabilities">p_T, (batch, classes).</param>
internal sealed record SplitBatch(Tensor Labels, Tensor TeacherLogits, Tensor Probabilities, Tensor SoftenedProbabilities)
{
    /// <summary>Splits at the number of classes.</summary>
    /// <exception cref="ArgumentException">The widths do not fit.</exception>
    public static SplitBatch Of(Tensor targets, Tensor predictions, int? numClasses)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(predictions);
        int classes = Check(Shape.FromSizes(targets.shape), Shape.FromSizes(predictions.shape), numClasses);
        Tensor t = targets.dtype == predictions.dtype ? targets : targets.to(predictions.dtype);
        return new SplitBatch(
            t.narrow(-1, 0, classes),
            t.narrow(-1, classes, classes),
            predictions.narrow(-1, 0, classes),
            predictions.narrow(-1, classes, classes)
        );
    }

    /// <summary>The number of classes, where targets and predictions have the widths that go with it.</summary>
    /// <exception cref="ArgumentException">They have not; the message says what is missing and which call adds it.</exception>
    public static int Check(Shape targets, Shape predictions, int? numClasses)
    {
        int? width = predictions.Rank == 0 ? null : predictions[-1];
        int classes = numClasses ?? (width is int w && w % 2 == 0 ? w / 2 : 0);
        if (width != 2 * classes || classes == 0)
        {
            throw new ArgumentException(
                "Predictions are [p | p_T], twice as wide as there are classes "
                    + $"({(numClasses is int n ? Invariant($"{n} classes: width {2 * n}") : "an even width")}), but their shape is "
                    + $"{predictions}. Make the model with model.WithSoftenedOutput(temperature).",
                nameof(predictions)
            );
        }

        if (targets.Rank != predictions.Rank || targets[-1] != 2 * classes)
        {
            string missing =
                targets.Rank == predictions.Rank && targets[-1] == classes
                    ? Invariant($"columns {classes} to {(2 * classes) - 1}, the teacher's logits, are missing")
                    : Invariant(
                        $"columns 0 to {classes - 1} are the one-hot labels and {classes} to {(2 * classes) - 1} the teacher's logits"
                    );
            throw new ArgumentException(
                Invariant(
                    $"Targets are [one-hot | teacher logits], {2 * classes} wide for {classes} classes, but their shape is {targets}: "
                        + $"{missing}. DistillationTargets.From(teacher, x, y) makes them."
                ),
                nameof(targets)
            );
        }

        return classes;
    }

    /// <summary>
    /// Refuses targets whose left half are no labels: one-hot rows of an even width, split in the middle, would look like halves.
    /// </summary>
    /// <exception cref="ArgumentException">A row's left half does not sum to 1 or has a negative value.</exception>
    public static void CheckLabels(Tensor targets, int classes)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Tensor labels = targets.narrow(-1, 0, classes).to(ScalarType.Float32);
        Tensor bad = ClassProbabilities.AreRows(labels).logical_not();
        long count = bad.sum().item<long>();
        if (count > 0)
        {
            throw new ArgumentException(
                Invariant(
                    $"Targets are [one-hot | teacher logits] and predictions [p | p_T], split at {classes} classes, so columns 0 to "
                        + $"{classes - 1} of each row are its label and sum to 1, but {count} of {bad.numel()} rows are not so. "
                        + $"If there are {2 * classes} classes, the teacher's logits (columns {2 * classes} to {(4 * classes) - 1}) and "
                        + $"the softened output are missing: DistillationTargets.From(teacher, x, y) and "
                        + $"model.WithSoftenedOutput(temperature) add them."
                ),
                nameof(targets)
            );
        }
    }

    /// <summary>CE(softmax(v / T), p_T), one value a row.</summary>
    public Tensor SoftLogLoss(double temperature) =>
        LossFunctions.CategoricalCrossentropy(nn.functional.softmax(TeacherLogits.Over(temperature), -1), SoftenedProbabilities);
}
