using System.Runtime.CompilerServices;
using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Losses;

/// <summary>The rules by which targets, predictions and weights are brought together.</summary>
/// <remarks>
/// Source: <c>keras/src/losses/loss.py</c>, <c>squeeze_or_expand_to_same_rank</c>, and the checks of
/// <c>keras/src/backend/tensorflow/nn.py</c>.
/// </remarks>
internal static partial class LossShapes
{
    /// <summary>The tensor in that type: itself where it has it, so that a softmax' result is still known as one.</summary>
    /// <exception cref="ArgumentException">It is complex, and would lose a half.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public static Tensor InType(Tensor x, ScalarType type, [CallerArgumentExpression(nameof(x))] string? argument = null)
    {
        ArgumentNullException.ThrowIfNull(x, argument);
        return TensorGuard.Alive(x).dtype == type ? x : TensorGuard.Real(x, argument).to_type(type);
    }

    /// <summary>Where the ranks differ by a last axis of size 1, adds that axis to a tensor of rank 1, or else takes it away.</summary>
    public static (Tensor First, Tensor Second) SameRank(Tensor first, Tensor second)
    {
        long difference = first.dim() - second.dim();
        if (difference == 1 && first.shape[^1] == 1)
        {
            return second.dim() == 1 ? (first, second.unsqueeze(-1)) : (first.squeeze(-1), second);
        }

        if (difference == -1 && second.shape[^1] == 1)
        {
            return first.dim() == 1 ? (first.unsqueeze(-1), second) : (first, second.squeeze(-1));
        }

        return (first, second);
    }

    /// <summary>
    /// Targets and predictions of equal rank, where the targets may be broadcast to the predictions as Keras does, (n, 1) to (n, c).
    /// </summary>
    /// <exception cref="ArgumentException">They do not fit.</exception>
    public static (Tensor Target, Tensor Prediction) Broadcastable(Tensor y_true, Tensor y_pred, string function)
    {
        (Tensor target, Tensor prediction) = SameRank(y_true, y_pred);
        long[] t = target.shape;
        long[] p = prediction.shape;
        bool fits = t.Length == p.Length;
        for (int i = 0; fits && i < t.Length; i++)
        {
            fits = t[i] == p[i] || (t[i] == 1 && i > 0);
        }

        return fits
            ? (target, prediction)
            : throw new ArgumentException(
                $"{function}: targets must have the shape of the predictions (or 1 where they are to be repeated), but the targets are "
                    + $"{Text(y_true)} and the predictions {Text(y_pred)}.",
                nameof(y_true)
            );
    }

    /// <summary>Refuses targets that have not the predictions' shape.</summary>
    /// <param name="y_true">Targets.</param>
    /// <param name="y_pred">Predictions.</param>
    /// <param name="function">Keras' name of the loss.</param>
    /// <param name="classes">Whether the last axis is classes, so that the message can help with class numbers.</param>
    public static void CheckSame(Tensor y_true, Tensor y_pred, string function, bool classes)
    {
        if (!y_true.shape.AsSpan().SequenceEqual(y_pred.shape) || y_true.dim() == 0)
        {
            throw Mismatch(ShapeOf(y_true), ShapeOf(y_pred), function, classes);
        }
    }

    /// <summary>Refuses targets that have not a model's output shape, whose unknown sizes fit all.</summary>
    public static void CheckSame(Tensor y_true, Shape output, string function, bool classes)
    {
        Shape target = ShapeOf(y_true);
        bool column = target.Rank + 1 == output.Rank && output[-1] == 1; // (n,) for an output (n, 1)
        if (!column && !target.IsCompatibleWith(output))
        {
            throw Mismatch(target, output, function, classes);
        }
    }

    /// <summary>Refuses targets that a model's output cannot be compared with, where targets (n, 1) may be repeated for (n, c).</summary>
    public static void CheckBroadcastable(Tensor y_true, Shape output, string function)
    {
        Shape target = ShapeOf(y_true);
        bool fits =
            target.Rank == output.Rank
                ? !target.Where((size, i) => i > 0 && size != 1 && output[i] is int known && size != known).Any()
                : (target.Rank + 1 == output.Rank && output[-1] == 1) || (target.Rank == output.Rank + 1 && target[-1] == 1);
        if (!fits)
        {
            throw Mismatch(target, output, function, classes: false);
        }
    }

    /// <summary>Refuses a factor that would not broadcast to the other tensor's shape.</summary>
    public static void CheckBroadcast(Tensor factor, Tensor other, string factorName, string otherName)
    {
        long[] f = factor.shape;
        long[] o = other.shape;
        bool fits = f.Length <= o.Length;
        for (int i = 1; fits && i <= f.Length; i++)
        {
            fits = f[^i] == o[^i] || f[^i] == 1;
        }

        if (!fits)
        {
            string advice =
                f.Length == 1 && o.Length > 1 && f[0] == o[0]
                    ? Invariant($" Weights of whole rows are given as ({f[0]}, {string.Join(", ", Enumerable.Repeat(1, o.Length - 1))}).")
                    : string.Empty;
            throw new ArgumentException(
                $"{factorName} must broadcast to {otherName}, but its shape is {Text(factor)} and that of {otherName} is "
                    + $"{Text(other)}.{advice}",
                factorName.StartsWith("the mask", StringComparison.Ordinal) ? "mask" : factorName
            );
        }
    }

    /// <summary>An axis of that tensor as a number from 0.</summary>
    public static long Axis(int axis, Tensor x, string function)
    {
        long rank = x.dim();
        long result = axis < 0 ? axis + rank : axis;
        return result >= 0 && result < rank
            ? result
            : throw new ArgumentOutOfRangeException(
                nameof(axis),
                axis,
                Invariant($"{function}: the axis must be one of the {rank} axes of predictions of shape {Text(x)}.")
            );
    }

    /// <summary>The shape as Python writes it.</summary>
    public static string Text(Tensor x) => ShapeOf(x).ToString();

    public static Shape ShapeOf(Tensor x) => Shape.FromSizes(x.shape);

    private static ArgumentException Mismatch(Shape y_true, Shape output, string function, bool classes)
    {
        bool numbers = classes && output.Rank > 1 && (y_true.Rank == output.Rank - 1 || (y_true.Rank == output.Rank && y_true[-1] == 1));
        string advice = numbers
            ? " Targets that are class numbers need sparse_categorical_crossentropy, or Utils.ToCategorical(y, num_classes) to make "
                + "them one-hot."
            : string.Empty;
        return new ArgumentException(
            $"{function} compares each prediction with a target in its place, so both must have the same shape, but the targets are "
                + $"{y_true} and the predictions {output}.{advice}",
            nameof(y_true)
        );
    }
}
