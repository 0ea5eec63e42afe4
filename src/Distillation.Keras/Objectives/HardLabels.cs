using Distillation.Keras.Losses;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>The loss on the labels, <c>CE(y, softmax(z))</c> at T = 1, or another one of Keras.</summary>
/// <param name="loss">
/// The loss; <see langword="null"/>: categorical crossentropy (for multi-label outputs binary crossentropy) from logits.
/// </param>
/// <param name="isMultiLabel">Whether the output is one sigmoid for each label.</param>
/// <param name="labels">How the values of such labels become one.</param>
internal sealed class HardLabels(Loss? loss, bool isMultiLabel = false, ElementReduction labels = ElementReduction.Mean)
    : LossTerm("hard_loss", loss)
{
    public override ObjectiveNeeds Needs => ObjectiveNeeds.StudentLogits | ObjectiveNeeds.Labels;

    protected override Tensor Compute(ObjectiveSignals signals) =>
        isMultiLabel
            ? labels.Rows(
                nn.functional.binary_cross_entropy_with_logits(
                    signals.StudentLogits,
                    signals.Labels.to(signals.StudentLogits.dtype),
                    reduction: nn.Reduction.None
                )
            )
            : Softening.HardCrossEntropy(signals.StudentLogits, signals.Labels);

    // Rows, or integers for the sparse one.
    protected override Tensor LabelsFor(Tensor labels, long classes) =>
        labels.dim() == 2 || Loss is SparseCategoricalCrossentropy ? labels : nn.functional.one_hot(labels, classes).to(ScalarType.Float32);

    // softmax and sigmoid remember their logits, so that a crossentropy stays stable; the loss must find them in its own type.
    protected override Tensor Prediction(Tensor outputs) => isMultiLabel ? Activations.Sigmoid(outputs) : Activations.Softmax(outputs);

    protected override Tensor Target(ObjectiveSignals signals) => LabelsFor(signals.Labels, signals.StudentLogits.shape[^1]);
}
