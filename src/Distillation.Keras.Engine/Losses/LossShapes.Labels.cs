using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Losses;

internal static partial class LossShapes
{
    /// <summary>Class numbers as integers without a last axis of size 1.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Labels(Tensor y_true, Tensor y_pred, string function)
    {
        TensorGuard.Real(y_true);
        if (y_pred.dim() > 0 && y_pred.shape[^1] == 0)
        {
            throw new ArgumentException(
                $"{function} needs at least one class, but the predictions' shape is {ShapeOf(y_pred)}.",
                nameof(y_pred)
            );
        }

        Tensor labels = y_true.dim() == y_pred.dim() && y_true.dim() > 0 && y_true.shape[^1] == 1 ? y_true.squeeze(-1) : y_true;
        return y_pred.dim() > 0 && labels.shape.AsSpan().SequenceEqual(y_pred.shape.AsSpan()[..^1])
            ? InType(labels, ScalarType.Int64, nameof(y_true))
            : throw LabelMismatch(ShapeOf(y_true), ShapeOf(y_pred), function);
    }

    /// <summary>
    /// Refuses class numbers whose shape does not fit a model's output or that name no class. It looks at the values, so the device waits.
    /// </summary>
    /// <param name="y_true">All class numbers.</param>
    /// <param name="output">The output's shape with its batch axis.</param>
    /// <param name="function">Keras' name of the loss.</param>
    /// <param name="ignore">A number that may be out of range, or null.</param>
    /// <exception cref="ArgumentException">They do not fit.</exception>
    public static void CheckLabels(Tensor y_true, Shape output, string function, int? ignore)
    {
        Shape target = ShapeOf(y_true);
        int? last = output.Rank == 0 ? null : output[-1];
        bool column = target.Rank == output.Rank && target.Rank > 0 && target[-1] == 1;
        Shape filled = column ? target.With(-1, last) : new Shape(target.Append(last));
        if (!filled.IsCompatibleWith(output))
        {
            throw LabelMismatch(target, output, function);
        }

        if (last is int classes && y_true.numel() > 0)
        {
            CheckRange(y_true, classes, function, ignore);
        }
    }

    private static void CheckRange(Tensor y_true, int classes, string function, int? ignore)
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor labels = y_true.flatten();
        if (is_floating_point(labels) && labels.ne(labels.floor()).any().item<bool>())
        {
            throw new ArgumentException(
                $"{function} wants class numbers, but some targets are not whole numbers. Probabilities need categorical_crossentropy.",
                nameof(y_true)
            );
        }

        labels = InType(labels, ScalarType.Int64);
        Tensor wrong = labels.IsBelow(0).logical_or(labels.IsAtLeast(classes));
        if (ignore is int ignored)
        {
            wrong = wrong.logical_and(labels.IsNot(ignored));
        }

        long count = wrong.sum().item<long>();
        if (count > 0)
        {
            long row = wrong.to_type(ScalarType.Byte).argmax().item<long>();
            string advice =
                ignore is null && function == "sparse_categorical_crossentropy"
                    ? " A label that stands for 'no label' is given as ignore_class."
                    : string.Empty;
            throw new ArgumentException(
                Invariant(
                    $"{function}: the output has {classes} classes, so labels lie in 0..{classes - 1}, but {count} of {labels.numel()} "
                        + $"do not; the first is {labels[row].item<long>()} (at position {row}).{advice}"
                ),
                nameof(y_true)
            );
        }
    }

    private static ArgumentException LabelMismatch(Shape y_true, Shape output, string function)
    {
        string advice = output.Rank > 0 && y_true.Rank == output.Rank ? " One-hot targets need categorical_crossentropy." : string.Empty;
        return new ArgumentException(
            $"{function} wants one class number for each row of the predictions' last axis, so targets have the predictions' shape "
                + $"without (or with 1 as) the last axis, but the targets are {y_true} and the predictions {output}.{advice}",
            nameof(y_true)
        );
    }
}
