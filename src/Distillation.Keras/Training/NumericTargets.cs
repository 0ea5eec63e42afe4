using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>The rule for the targets of an output of numbers.</summary>
internal static class NumericTargets
{
    /// <summary>Checks and takes in targets.</summary>
    /// <param name="y">Floating-point numbers (n, k), or (n,) where k is 1; for sequences (n, t, k) or (n, t).</param>
    /// <param name="samples">n.</param>
    /// <param name="output">The shape of the output, whose last axis is k.</param>
    /// <param name="head">The output.</param>
    /// <returns>float32, of the output's shape.</returns>
    /// <exception cref="ArgumentException">They do not fit, or are labels.</exception>
    public static Tensor Of(Tensor y, long samples, Shape output, Head head)
    {
        int rank = head.IsSequence ? 2 : 1;
        Tensor given = y.dim() == rank && head.Classes == 1 ? y.unsqueeze(rank) : y;
        bool fits =
            given.dim() == rank + 1
            && given.shape[0] == samples
            && given.shape[rank] == head.Classes
            && (!head.IsSequence || output[1] is null || output[1] == given.shape[1]);
        if (!y.is_floating_point())
        {
            throw Refused(
                y,
                samples,
                output,
                head,
                $"y holds {(y.dtype == ScalarType.Bool ? "booleans" : "integers")}, which are class numbers or one-hot labels. If they "
                    + "are numbers, give them as floating-point ones. "
            );
        }

        if (!fits)
        {
            throw Refused(y, samples, output, head, y.dim() == rank ? "one number a row is a class number. " : string.Empty);
        }

        if (head.Classes > 1 && AreOneHot(given))
        {
            throw Refused(y, samples, output, head, "each row of y is one-hot: a label. ");
        }

        Tensor numbers = given.to(ScalarType.Float32);
        using DisposeScope scope = NewDisposeScope();
        long bad = numbers.isfinite().logical_not().sum().item<long>();
        return bad == 0
            ? numbers
            : throw new ArgumentException(
                Invariant(
                    $"Targets are finite numbers within float32, but {bad} of the {numbers.numel()} values of y are NaN, infinite or "
                        + $"beyond it. Without targets, leave y out: the student learns from the teacher alone."
                ),
                nameof(y)
            );
    }

    private static bool AreOneHot(Tensor rows)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor ones = rows.Is(1);
        return ones.logical_or(rows.Is(0)).all().item<bool>() && ones.sum(-1).Is(1).all().item<bool>();
    }

    private static ArgumentException Refused(Tensor y, long samples, Shape output, Head head, string found)
    {
        string time =
            !head.IsSequence ? string.Empty
            : output[1] is int known ? Invariant($", {known}")
            : ", time";
        return new ArgumentException(
            Invariant(
                $"The output{(head.Prefix.Length == 0 ? string.Empty : $" '{head.Name}'")} is numbers (linear, with the loss "
                    + $"{head.Loss?.Name}), so that targets of {samples} samples are floating-point numbers ({samples}{time}, "
                    + $"{head.Classes}), but y has the shape {Shape.FromSizes(y.shape)}"
                    + $"{(found.Length == 0 ? ". " : ": " + found)}If the output is classes, leave this loss out, or end teacher and "
                    + $"student in a softmax or sigmoids."
            ),
            nameof(y)
        );
    }
}
