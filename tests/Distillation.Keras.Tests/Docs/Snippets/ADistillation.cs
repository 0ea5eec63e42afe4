// <snippet A_distillation>
using Distillation.Keras;
using Distillation.Keras.Layers;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/getting-started.md.</summary>
public sealed class ADistillation
{
    [Test]
    public void A_distillation()
    {
        // <snippet A_distillation>
        using var data = Datasets.Digits.LoadData();
        var teacher = new Sequential(
            new Input(28, 28, 1), new Flatten(), new Dense(64, activation: "relu"), new Dense(10, activation: "softmax"));
        teacher.Compile("adam", "categorical_crossentropy");
        teacher.Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 2);

        var student = new Sequential(
            new Input(28, 28, 1),
            new Flatten(),
            new Dense(16, activation: "relu"),
            new Dense(10, activation: "softmax"));
        var result = new Distiller(teacher)
            .WithStudent(student)
            .WithTemperature(5)
            .Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 2, verbose: 2);
        var evaluation = result.Evaluate(data.TestX, data.TestY);
        Console.WriteLine(evaluation);
        Console.WriteLine(evaluation.TeacherAgreement);
        // </snippet>
        Assert.That(evaluation.Samples, Is.EqualTo(2000));
    }
}
