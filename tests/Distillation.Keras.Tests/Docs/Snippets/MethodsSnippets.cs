using Distillation.Keras;
using Distillation.Keras.Layers;
// <snippet Several_objectives>
using Distillation.Keras.Objectives;
using Distillation.Keras.Schedules;
// </snippet>
using TorchSharp;
using static TorchSharp.torch;

namespace Snippets;

/// <summary>The code of docs/methods.md.</summary>
public sealed class MethodsSnippets
{
    [Test]
    public void Several_objectives()
    {
        using var data = Datasets.Digits.LoadData();
        var teacher = Convolutional(8);
        var student = Convolutional(4);

        // <snippet Several_objectives>
        var result = new Distiller(teacher)
            .WithStudent(student)
            .WithTemperature(new CosineSchedule(from: 8, to: 1))
            .With(new AttentionTransfer("conv2", "conv1"), 100)     // the teacher's layer first
            .With(new DecoupledKnowledgeDistillation(), new WarmUpSchedule(epochs: 2))
            .Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 1);
        Console.WriteLine(result.History["attention_transfer"][^1]);
        // </snippet>
        Assert.That(result.History.Names, Does.Contain("decoupled_knowledge_distillation"));
    }

    [Test]
    public void Schedules_of_a_distiller()
    {
        using var data = Datasets.Digits.LoadData();
        var teacher = Quick.Trained(data);
        var student = Quick.Network(8);

        // <snippet Schedules_of_a_distiller>
        var distiller = new Distiller(teacher)
            .WithStudent(student)
            .WithTemperature(new LearntTemperature())
            .WithSoftShare(new LinearSchedule(from: 0.9, to: 0.5));
        // </snippet>
        var history = distiller.Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 1, verbose: 0).History;
        Assert.That(history["soft_loss"], Is.All.Positive);
    }

    [Test]
    public void An_objective_of_ones_own()
    {
        using var data = Datasets.Digits.LoadData();
        var distiller = new Distiller(Quick.Trained(data)).WithStudent(Quick.Network(8)).With(new CosineOfLogits(), 2);

        var history = distiller.Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 2, verbose: 0).History;

        Assert.That(history["cosine_of_logits"][1], Is.LessThan(history["cosine_of_logits"][0]).And.InRange(0, 2));
    }

    private static Sequential Convolutional(int channels) => new(
        new Input(28, 28, 1),
        new Conv2D(channels, (3, 3), strides: (2, 2), activation: "relu", name: "conv1"),
        new Conv2D(channels, (3, 3), strides: (2, 2), activation: "relu", name: "conv2"),
        new Flatten(),
        new Dense(10, activation: "softmax"));

    // <snippet An_objective_of_ones_own>
    public sealed class CosineOfLogits() : DistillationObjective("cosine_of_logits")
    {
        // Needs is StudentLogits | TeacherLogits unless it is overridden.
        public override Tensor Compute(ObjectiveSignals signals)
        {
            Tensor z = nn.functional.normalize(signals.StudentLogits, dim: -1);
            Tensor v = nn.functional.normalize(signals.TeacherLogits, dim: -1);
            return 1 - (z * v).sum(-1);
        }
    }

    // </snippet>
}
