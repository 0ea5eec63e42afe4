using Distillation.Keras.Backend;
using Distillation.Keras.Objectives;
using Distillation.Keras.Training;
using static TorchSharp.torch;

namespace Distillation.Keras.Measures;

/// <summary>The arrays that measures are computed from, checked and in float64. The tensors live in the scope that is open.</summary>
internal static class MeasureInputs
{
    /// <summary>One array of finite numbers in float64.</summary>
    public static Tensor Numbers(ArrayLike array, string name)
    {
        ArgumentNullException.ThrowIfNull(array, name);
        if (array.Count != 1 || array.IsList)
        {
            throw new ArgumentException($"A measure takes one array for {name}, but it holds {array.Count}.", name);
        }

        Tensor numbers = array.ToTensors(name)[0].to(ScalarType.Float64);
        if (numbers.numel() == 0)
        {
            throw new ArgumentException(
                $"A measure is taken over at least one sample, but {name} is empty, shape {Shape.FromSizes(numbers.shape)}.",
                name
            );
        }

        long bad = numbers.isfinite().logical_not().sum().item<long>();
        return bad == 0
            ? numbers
            : throw new ArgumentException(
                Invariant(
                    $"Measures take finite numbers, but {bad} of the {numbers.numel()} numbers of {name} are NaN or infinite. Find where "
                        + $"they come from before anything is measured."
                ),
                name
            );
    }

    /// <summary>One row of classes a sample, (samples, classes).</summary>
    public static Tensor Rows(ArrayLike array, string name)
    {
        Tensor rows = Numbers(array, name);
        return rows.dim() == 2 && rows.shape[1] > 1
            ? rows
            : throw new ArgumentException(
                $"{name} has one row a sample and one column a class, (samples, classes) with at least 2 classes, but its shape is "
                    + $"{Shape.FromSizes(rows.shape)}.",
                name
            );
    }

    /// <summary>The logarithms of probabilities; of 0 it is minus infinity.</summary>
    public static Tensor LogProbabilities(ArrayLike probabilities, string name)
    {
        Tensor rows = Rows(probabilities, name);
        long bad = ClassProbabilities.AreRows(rows).logical_not().sum().item<long>();
        return bad == 0
            ? rows.log()
            : throw new ArgumentException(
                Invariant(
                    $"Each row of probabilities is not negative and sums to 1, but {bad} of the {rows.shape[0]} rows of {name} are not "
                        + $"so. If they are logits, call FromLogits."
                ),
                name
            );
    }

    /// <summary>
    /// The class of each sample, int64 (samples,): integers (samples,) or (samples, 1), or the greatest of each row (samples, classes).
    /// </summary>
    public static Tensor Classes(ArrayLike array, string name)
    {
        Tensor numbers = Numbers(array, name);
        if (numbers.dim() == 2)
        {
            return numbers.shape[1] == 1 ? Classes(numbers.squeeze(1), name) : numbers.argmax(1);
        }

        return Classes(numbers, name);
    }

    /// <summary>The class of each of a number of samples among a number of classes, int64 (samples,).</summary>
    /// <param name="labels">One-hot (samples, classes) or integers (samples,).</param>
    /// <param name="like">(samples, classes).</param>
    public static Tensor Labels(ArrayLike labels, Tensor like)
    {
        ArgumentNullException.ThrowIfNull(labels);
        Shape shape = new((int?[])[null, (int)like.shape[1]]);
        Labels found = Training.Labels.Of(
            Training.Labels.Single(labels, nameof(labels)),
            like.shape[0],
            shape,
            Head.Of(shape),
            nameof(labels)
        );
        return found.Known is null
            ? found.Classes
            : throw new ArgumentException(
                "A measure compares each sample with its label, but some labels are -1 (no label). Leave those samples out.",
                nameof(labels)
            );
    }

    /// <summary>Refuses two arrays whose shapes differ.</summary>
    public static void CheckSame(Tensor first, Tensor second, string firstName, string secondName)
    {
        if (!first.shape.AsSpan().SequenceEqual(second.shape))
        {
            throw new ArgumentException(
                $"{firstName} and {secondName} are of the same samples and have one shape, but the shapes are "
                    + $"{Shape.FromSizes(first.shape)} and {Shape.FromSizes(second.shape)}.",
                secondName
            );
        }
    }

    private static Tensor Classes(Tensor numbers, string name)
    {
        if (numbers.dim() != 1)
        {
            throw new ArgumentException(
                "Classes are integers, one a sample (samples,), or rows of which the greatest entry counts (samples, classes), but the "
                    + $"shape of {name} is {Shape.FromSizes(numbers.shape)}.",
                name
            );
        }

        long bad = numbers.floor().eq(numbers).logical_and(numbers.IsAtLeast(0)).logical_not().sum().item<long>();
        return bad == 0
            ? numbers.to(ScalarType.Int64)
            : throw new ArgumentException(
                Invariant($"Classes are whole numbers from 0, but {bad} of the {numbers.shape[0]} numbers of {name} are not."),
                name
            );
    }
}
