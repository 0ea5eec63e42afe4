// <snippet A_teacher_of_ones_own>
using Distillation.Keras;
using Distillation.Keras.Layers;
using Distillation.Keras.Measures;
using Distillation.Keras.Teachers;
using static TorchSharp.torch;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/distillation.md.</summary>
public sealed class ATeacherOfOnesOwn
{
    [Test]
    public void A_teacher_of_ones_own()
    {
        // <snippet A_teacher_of_ones_own>
        using var data = Datasets.Digits.LoadData();
        Model Classifier(int units)
        {
            var model = new Sequential(new Input(28, 28, 1), new Flatten(), new Dense(units, "relu"), new Dense(10, "softmax"));
            model.Compile("adam", "categorical_crossentropy");
            return model;
        }

        Model[] members = [Classifier(32), Classifier(48), Classifier(64)];
        foreach (Model member in members)
        {
            member.Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 1);
        }

        var distiller = new Distiller(new Ensemble(members)).WithStudent(Classifier(16));
        var result = distiller.Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 2);
        Console.WriteLine(result.Evaluate(data.TestX, data.TestY));
        // </snippet>
        DistillationEvaluation evaluation = result.Evaluate(data.TestX, data.TestY);
        Assert.That(evaluation.Teacher.Name, Is.EqualTo("ensemble"));
        Assert.That(evaluation.Teacher.Accuracy, Is.GreaterThan(0.7));
        Assert.That(() => new Distiller(new Ensemble(members)).WithStudent(members[0]).Fit(data.TrainX, data.TrainY), Throws.ArgumentException);
    }

    // <snippet A_teacher_of_ones_own>
    /// <summary>The mean of several models' logits.</summary>
    public sealed class Ensemble(params Model[] members)
        : Teacher("ensemble", [new TeacherOutput("output", TeacherOutputKind.ClassLogits, new Shape(10).WithBatch())])
    {
        private readonly Model[] _logits = [.. members.Select(m => m.PopSoftmax())];

        // What a fit must not change.
        public override IReadOnlyList<Variable> Weights => [.. members.SelectMany(m => m.Weights)];

        public override string Fingerprint() => string.Join(",", members.Select(m => new ModelTeacher(m).Fingerprint()));

        protected override TeacherSignals Compute(TeacherBatch batch) =>
            new(stack([.. _logits.Select(m => m.Call(batch.Inputs[0]))]).mean([0]));
    }
    // </snippet>
}
