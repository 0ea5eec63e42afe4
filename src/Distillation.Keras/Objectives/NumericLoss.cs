using Distillation.Keras.Losses;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>A loss on an output of numbers: against the targets, or against the teacher's output.</summary>
/// <param name="name">The term's name in logs and <c>History</c>.</param>
/// <param name="loss">The loss.</param>
/// <param name="toTeacher">Whether the student is compared with the teacher.</param>
internal sealed class NumericLoss(string name, Loss loss, bool toTeacher) : LossTerm(name, loss)
{
    public override ObjectiveNeeds Needs =>
        ObjectiveNeeds.StudentLogits | (toTeacher ? ObjectiveNeeds.TeacherLogits : ObjectiveNeeds.Labels);

    protected override Tensor Prediction(Tensor outputs) => outputs;

    protected override Tensor Target(ObjectiveSignals signals) => toTeacher ? signals.TeacherLogits : signals.Labels;

    // A function of one's own may leave the mean over the numbers to the reduction.
    protected override Tensor Rows(Tensor values) => values.dim() == 2 ? values.mean([1]) : values;
}
