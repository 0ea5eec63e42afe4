// <snippet An_objective_of_ones_own>
using Distillation.Keras;
using Distillation.Keras.Layers;
using Distillation.Keras.Objectives;
using static TorchSharp.torch;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/methods.md.</summary>
public sealed class AnObjectiveOfOnesOwn
{
    [Test]
    public void An_objective_of_ones_own()
    {
        // <snippet An_objective_of_ones_own>
        using var data = Datasets.Digits.LoadData();
        var teacher = new Sequential(
            new Input(28, 28, 1), new Flatten(), new Dense(64, activation: "relu"), new Dense(10, activation: "softmax"));
        teacher.Compile("adam", "categorical_crossentropy");
        teacher.Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 2);
        var student = new Sequential(
            new Input(28, 28, 1), new Flatten(), new Dense(16, activation: "relu"), new Dense(10, activation: "softmax"));

        var result = new Distiller(teacher)
            .WithStudent(student)
            .With(new CosineOfLogits(), 2)
            .Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 2);
        Console.WriteLine(result.History["cosine_of_logits"][^1]);
        // </snippet>
        var values = result.History["cosine_of_logits"];
        Assert.That(values[1], Is.LessThan(values[0]).And.InRange(-1, 1));
    }

    // <snippet An_objective_of_ones_own>
    /// <summary>Minus the cosine between the student's logits and the teacher's.</summary>
    public sealed class CosineOfLogits() : DistillationObjective("cosine_of_logits")
    {
        // Needs is StudentLogits | TeacherLogits unless it is overridden.
        protected override Tensor Compute(ObjectiveSignals signals)
        {
            Tensor z = nn.functional.normalize(signals.StudentLogits, dim: -1);
            Tensor v = nn.functional.normalize(signals.TeacherLogits, dim: -1);
            return z.mul(v).sum(-1).neg();
        }
    }
    // </snippet>
}
