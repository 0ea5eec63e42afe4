using Distillation.Keras.Losses;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>The loss on the labels, <c>CE(y, softmax(z))</c> at T = 1, or another one of Keras.</summary>
/// <param name="loss">The loss; <see langword="null"/>: categorical crossentropy (for multi-label outputs binary crossentropy) from logits.</param>
/// <param name="isMultiLabel">Whether the output is one sigmoid for each label.</param>
/// <param name="labels">How the values of such labels become one.</param>
internal sealed class HardLabels(Loss? loss, bool isMultiLabel = false, ElementReduction labels = ElementReduction.Mean) : DistillationObjective("hard_loss")
{
    public override ObjectiveNeeds Needs => ObjectiveNeeds.StudentLogits | ObjectiveNeeds.Labels;

    /// <summary>The loss that was asked for.</summary>
    public Loss? Loss => loss;

    public override Tensor Compute(ObjectiveSignals signals) => isMultiLabel
        ? labels.Rows(nn.functional.binary_cross_entropy_with_logits(signals.StudentLogits, signals.Labels.to(signals.StudentLogits.dtype), reduction: nn.Reduction.None))
        : Softening.HardCrossEntropy(signals.StudentLogits, signals.Labels);

    /// <summary>Whether a loss was asked for that reduces the rows itself; otherwise the fit does.</summary>
    public bool HasOwnReduction => loss is not null and not { Reduction: "sum_over_batch_size" or "mean" };

    /// <summary>The values of a loss that was asked for.</summary>
    /// <param name="signals">z and labels.</param>
    /// <param name="weights">(rows,) or <see langword="null"/>.</param>
    /// <returns>One value a row, unweighted; or a scalar, weighted, where the loss has a reduction of its own or leaves out rows by itself (<c>ignore_class</c>).</returns>
    public Tensor OfLoss(ObjectiveSignals signals, Tensor? weights)
    {
        ScalarType type = loss!.DType.ScalarType;
        Tensor z = LossShapes.InType(signals.StudentLogits, type);

        // softmax and sigmoid remember their logits, so that a crossentropy stays stable; the loss must find them in its own type.
        Tensor prediction = isMultiLabel ? Activations.Sigmoid(z) : Activations.Softmax(z);
        Tensor given = ForLoss(signals.Labels, (int)z.shape[^1]);
        if (!HasOwnReduction)
        {
            Tensor target = loss.KeepsTargetType ? given : LossShapes.InType(given, type);
            Tensor values = loss.Forward(target, prediction);
            if (values.dim() == 1 && loss.ValuesMask(target, prediction) is null)
            {
                return values;
            }
        }

        return loss.Call(given, prediction, weights);
    }

    /// <summary>Labels as the loss takes them: rows, or integers for the sparse one.</summary>
    public Tensor ForLoss(Tensor labels, int classes) => labels.dim() == 2 || loss is SparseCategoricalCrossentropy
        ? labels
        : nn.functional.one_hot(labels, classes).to(ScalarType.Float32);
}
