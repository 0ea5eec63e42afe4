using System.Text.Json.Nodes;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Losses;

/// <summary>-log p of the right class, for class numbers as targets.</summary>
/// <remarks>
/// Immutable. Shapes, clipping and the use of a softmax' logits: <see cref="LossFunctions.SparseCategoricalCrossentropy"/>. For one-hot targets see
/// <see cref="CategoricalCrossentropy"/>. Source: <c>keras/src/losses/losses.py</c>.
/// </remarks>
[Identifiers("sparse_categorical_crossentropy")]
public class SparseCategoricalCrossentropy : Loss
{
    private const string Function = "sparse_categorical_crossentropy";

    /// <summary>Makes the loss.</summary>
    /// <param name="from_logits">Whether predictions are logits. Predictions that come directly from a softmax are computed from their logits without it.</param>
    /// <param name="ignore_class">A class number whose positions do not count: they are left out of the mean, too. <see langword="null"/>: all count.</param>
    /// <param name="reduction">How the values of a batch become one: see <see cref="Loss"/>.</param>
    /// <param name="axis">The axis of the classes: the last one; another is refused.</param>
    /// <param name="name">Its name.</param>
    /// <param name="dtype">The type that it computes in; float32 by default.</param>
    /// <exception cref="ArgumentException">There is no such reduction.</exception>
    public SparseCategoricalCrossentropy(
        bool from_logits = false,
        int? ignore_class = null,
        string reduction = "sum_over_batch_size",
        int axis = -1,
        string name = Function,
        DTypePolicy? dtype = null)
        : base(name, reduction, dtype)
    {
        FromLogits = from_logits;
        IgnoreClass = ignore_class;
        Axis = axis;
    }

    /// <summary>Whether predictions are logits.</summary>
    public bool FromLogits { get; }

    /// <summary>The class number whose positions do not count.</summary>
    public int? IgnoreClass { get; }

    /// <summary>The axis of the classes.</summary>
    public int Axis { get; }

    internal override bool KeepsTargetType => true;

    /// <inheritdoc/>
    public override Tensor Call(Tensor y_true, Tensor y_pred) =>
        LossFunctions.SparseCategoricalCrossentropy(y_true, y_pred, FromLogits, IgnoreClass, Axis);

    /// <summary>The configuration as Keras writes it: without <c>axis</c>, unless it is not -1.</summary>
    public override JsonObject GetConfig()
    {
        JsonObject config = base.GetConfig();
        if (Axis == -1)
        {
            config.Remove("axis");
        }

        return config;
    }

    internal override Tensor? ValuesMask(Tensor y_true, Tensor y_pred) =>
        IgnoreClass is int ignored ? LossFunctions.Labels(y_true, y_pred) != ignored : null;

    internal override void ValidateTargets(Tensor y_true, Shape outputShape)
    {
        LossFunctions.CheckLastAxis(Axis, outputShape.Rank, Function);
        Shape target = LossShapes.ShapeOf(y_true);
        bool column = target.Rank == outputShape.Rank && target.Rank > 0 && target[-1] == 1;
        Shape labelShape = column ? target.With(-1, outputShape[-1]) : new Shape(target.Append(outputShape.Rank == 0 ? null : outputShape[-1]));
        if (!labelShape.IsCompatibleWith(outputShape))
        {
            throw LossFunctions.LabelMismatch(target, outputShape);
        }

        if (outputShape[-1] is int classes && y_true.numel() > 0)
        {
            CheckRange(y_true, classes);
        }
    }

    private void CheckRange(Tensor y_true, int classes)
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor labels = y_true.flatten();
        if (is_floating_point(labels) && (labels != labels.floor()).any().ToBoolean())
        {
            throw new ArgumentException($"{Function} wants class numbers, but some targets are not whole numbers. Probabilities need categorical_crossentropy.", nameof(y_true));
        }

        labels = LossShapes.InType(labels, ScalarType.Int64);
        Tensor wrong = (labels < 0).logical_or(labels >= classes);
        if (IgnoreClass is int ignored)
        {
            wrong = wrong.logical_and(labels != ignored);
        }

        long count = wrong.sum().ToInt64();
        if (count > 0)
        {
            long row = wrong.to_type(ScalarType.Byte).argmax().ToInt64();
            string ignore = IgnoreClass is null ? " Labels that stand for 'no label' are given as ignore_class." : string.Empty;
            throw new ArgumentException(
                $"{Function}: the output has {classes} classes, so labels lie in 0..{classes - 1}, but {count} of {labels.numel()} do not; the first is {labels[row].ToInt64()} (at position {row}).{ignore}",
                nameof(y_true));
        }
    }
}
