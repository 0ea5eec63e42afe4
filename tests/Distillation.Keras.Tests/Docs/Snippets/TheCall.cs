// <snippet The_call>
using Distillation.Keras;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
// </snippet>

namespace Snippets;

/// <summary>Code of README.md.</summary>
public sealed class TheCall
{
    [Test]
    public void The_call()
    {
        // <snippet The_call>
        using var data = Datasets.Digits.LoadData();    // 8,000 and 2,000 real digits, bundled
        var teacher = new Sequential(
            new Input(28, 28, 1),
            new Flatten(),
            new Dense(256, activation: "relu"),
            new Dropout(0.3),
            new Dense(10, activation: "softmax"));
        teacher.Compile(new Adam(0.001), "categorical_crossentropy", ["accuracy"]);
        teacher.Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 4);

        var student = new Sequential(
            new Input(28, 28, 1),
            new Flatten(),
            new Dense(16, activation: "relu"),
            new Dense(10, activation: "softmax"));
        var result = new Distiller(teacher)
            .WithStudent(student)
            .WithTemperature(5)
            .WithSeed(1)
            .Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 4);
        Console.WriteLine(result.Evaluate(data.TestX, data.TestY));
        // </snippet>
        Assert.That(result.Evaluate(data.TestX, data.TestY).Student.Accuracy, Is.GreaterThan(0.7));
    }
}
