// <snippet Several_objectives>
using Distillation.Keras;
using Distillation.Keras.Layers;
using Distillation.Keras.Objectives;
using Distillation.Keras.Schedules;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/methods.md.</summary>
public sealed class SeveralObjectives
{
    [Test]
    public void Several_objectives()
    {
        // <snippet Several_objectives>
        using var data = Datasets.Digits.LoadData();
        Sequential Network(int channels) => new(
            new Input(28, 28, 1),
            new Conv2D(channels, (3, 3), strides: (2, 2), activation: "relu", name: "conv1"),
            new Conv2D(channels, (3, 3), strides: (2, 2), activation: "relu", name: "conv2"),
            new Flatten(),
            new Dense(10, activation: "softmax"));
        var teacher = Network(channels: 8);
        teacher.Compile("adam", "categorical_crossentropy");
        teacher.Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 1);

        var result = new Distiller(teacher)
            .WithStudent(Network(channels: 4))
            .WithTemperature(new CosineSchedule(initial: 8, final: 1))
            .With(new AttentionTransfer("conv2", "conv1"), 100)     // the teacher's layer first
            .With(new DecoupledKnowledgeDistillation(), new WarmUpSchedule(epochs: 2))
            .Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 1);
        Console.WriteLine(result.History["attention_transfer"][^1]);
        // </snippet>
        Assert.That(result.History.Names, Does.Contain("decoupled_knowledge_distillation"));
    }
}
