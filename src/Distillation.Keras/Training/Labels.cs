using Distillation.Keras.Backend;
using Distillation.Keras.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>Labels of one output, however they were given.</summary>
/// <param name="Given">
/// As they were given: classes (int64), one-hot (or soft) rows (float32), one 0 or 1 for each label (float32), or numbers (float32). A
/// missing label is 0.
/// </param>
/// <param name="Classes">The class of each row (int64); of labels and numbers, as given.</param>
/// <param name="Known">1 where there is a label and 0 where it is missing (float32), or <see langword="null"/> where all are there.</param>
/// <param name="Head">The output.</param>
internal sealed record Labels(Tensor Given, Tensor Classes, Tensor? Known, Head Head)
{
    /// <summary>The number that says that a row has no label.</summary>
    public const long Missing = -1;

    /// <summary>Whether each label is a row of numbers.</summary>
    public bool AreRows => Given.is_floating_point();

    /// <summary>Checks and takes in labels.</summary>
    /// <param name="y">
    /// One-hot (n, c) or integers (n,) or (n, 1), -1 where there is none; for sequences (n, t, c) or (n, t); for labels 0 and 1, (n, c);
    /// for numbers (n, c), or (n,) where c is 1.
    /// </param>
    /// <param name="samples">n.</param>
    /// <param name="logits">The shape of the output, whose last axis is c.</param>
    /// <param name="head">The output.</param>
    /// <param name="name">What the caller calls them.</param>
    /// <exception cref="ArgumentException">They do not fit.</exception>
    public static Labels Of(Tensor y, long samples, Shape logits, Head head, string name = "y")
    {
        if (head.IsNumeric)
        {
            Tensor numbers = NumericTargets.Of(y, samples, logits, head);
            return new Labels(numbers, numbers, null, head);
        }

        int classes = head.Classes;
        Tensor given = y;
        Shape shape = Shape.FromSizes(given.shape);
        int rank = head.IsSequence ? 2 : 1;
        if (given.dim() == rank + 1 && given.shape[rank] == 1 && classes != 1)
        {
            given = given.squeeze(rank);
        }
        else if (head.IsMultiLabel && classes == 1 && given.dim() == rank)
        {
            given = given.unsqueeze(rank);
        }

        bool rows = given.dim() == rank + 1 && given.shape[rank] == classes;
        bool time = !head.IsSequence || (given.dim() > 1 && (logits[1] is null || logits[1] == given.shape[1]));
        if (given.dim() == 0 || given.shape[0] != samples || !time || (!rows && (given.dim() != rank || head.IsMultiLabel)))
        {
            string t = head.IsSequence ? $", {(logits[1] is int known ? known : "time")}" : string.Empty;
            string rule = head.IsMultiLabel
                ? Invariant($"Labels of {samples} samples and {classes} labels are 0 or 1, ({samples}{t}, {classes})")
                : Invariant(
                    $"Labels of {samples} samples and {classes} classes are one-hot ({samples}{t}, {classes}) or integers "
                        + $"({samples}{(head.IsSequence ? t : ",")})"
                );
            throw new ArgumentException($"{rule}, but {name} has the shape {shape}{Of(head)}.", name);
        }

        if (head.IsMultiLabel)
        {
            given = CheckEach(given.to(ScalarType.Float32), name);
            return new Labels(given, given, null, head);
        }

        if (!rows)
        {
            return FromIntegers(given, head, name);
        }

        given = CheckRows(given.to(ScalarType.Float32), name);
        return new Labels(given, given.argmax(-1), null, head);
    }

    /// <summary>The only array of labels.</summary>
    /// <exception cref="ArgumentException">There are several.</exception>
    public static Tensor Single(ArrayLike y, string name = "y") =>
        y.Count == 1 && !y.IsList
            ? y.ToTensors(name)[0]
            : throw new ArgumentException($"A classifier has one array of labels, but {name} holds {y.Count}.", name);

    /// <summary>The labels as rows of float32.</summary>
    public Tensor OneHot() => AreRows ? Given.alias() : nn.functional.one_hot(Classes, Head.Classes).to(ScalarType.Float32);

    private static string Of(Head head) => head.Prefix.Length == 0 ? string.Empty : $" for the output '{head.Name}'";

    private static Tensor CheckRows(Tensor rows, string name)
    {
        using DisposeScope scope = NewDisposeScope();
        long bad = ClassProbabilities.AreRows(rows).logical_not().sum().item<long>();
        return bad == 0
            ? rows
            : throw new ArgumentException(
                Invariant(
                    $"Each row of one-hot labels (or class probabilities) is not negative and sums to 1, but {bad} of the "
                        + $"{rows.numel() / rows.shape[^1]} rows of {name} are not so."
                ),
                name
            );
    }

    private static Tensor CheckEach(Tensor labels, string name)
    {
        using DisposeScope scope = NewDisposeScope();
        long bad = labels.IsAtLeast(0).logical_and(labels.IsAtMost(1)).logical_not().sum().item<long>();
        return bad == 0
            ? labels
            : throw new ArgumentException(
                Invariant(
                    $"Each label of a multi-label output is 0 or 1 (or a probability), but {bad} of the {labels.numel()} values of "
                        + $"{name} are not so."
                ),
                name
            );
    }

    private static Labels FromIntegers(Tensor given, Head head, string name)
    {
        int classes = head.Classes;
        Tensor integers = given.to(ScalarType.Int64);
        if (given.is_floating_point() && !integers.to(given.dtype).eq(given).all().item<bool>())
        {
            throw new ArgumentException(
                $"Labels of shape (samples,) are integers, but {name} holds other numbers. For class probabilities give one row a sample.",
                name
            );
        }

        long least = integers.min().item<long>();
        long most = integers.max().item<long>();
        if (least < Missing || most >= classes)
        {
            throw new ArgumentException(
                Invariant(
                    $"Labels of {classes} classes are from 0 to {classes - 1} (and {Missing} where a sample has none), but {name} holds "
                        + $"values from {least} to {most}{Of(head)}."
                ),
                name
            );
        }

        if (least > Missing)
        {
            return new Labels(integers, integers, null, head);
        }

        Tensor classesOnly = integers.AtLeast(0);
        return new Labels(classesOnly, classesOnly, integers.IsAtLeast(0).to(ScalarType.Float32), head);
    }
}
