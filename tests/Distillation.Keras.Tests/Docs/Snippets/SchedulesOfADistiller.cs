// <snippet Schedules_of_a_distiller>
using Distillation.Keras;
using Distillation.Keras.Layers;
using Distillation.Keras.Objectives;
using Distillation.Keras.Schedules;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/methods.md.</summary>
public sealed class SchedulesOfADistiller
{
    [Test]
    public void Schedules_of_a_distiller()
    {
        // <snippet Schedules_of_a_distiller>
        using var data = Datasets.Digits.LoadData();
        var teacher = new Sequential(
            new Input(28, 28, 1), new Flatten(), new Dense(64, activation: "relu"), new Dense(10, activation: "softmax"));
        teacher.Compile("adam", "categorical_crossentropy");
        teacher.Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 2);
        var student = new Sequential(
            new Input(28, 28, 1), new Flatten(), new Dense(16, activation: "relu"), new Dense(10, activation: "softmax"));

        var result = new Distiller(teacher)
            .WithStudent(student)
            .WithTemperature(new LearntTemperature())
            .WithSoftShare(new LinearSchedule(initial: 0.9, final: 0.5))
            .Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 1);
        Console.WriteLine(result.History["teacher_agreement"][^1]);
        // </snippet>
        Assert.That(result.History["soft_loss"], Is.All.Positive);
    }
}
