// <snippet Without_labels>
using Distillation.Keras;
using Distillation.Keras.Layers;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/distillation.md.</summary>
public sealed class WithoutLabels
{
    [Test]
    public void Without_labels()
    {
        // <snippet Without_labels>
        using var data = Datasets.Digits.LoadData();
        var teacher = new Sequential(
            new Input(28, 28, 1), new Flatten(), new Dense(64, activation: "relu"), new Dense(10, activation: "softmax"));
        teacher.Compile("adam", "categorical_crossentropy");
        teacher.Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 2);
        var student = new Sequential(
            new Input(28, 28, 1), new Flatten(), new Dense(16, activation: "relu"), new Dense(10, activation: "softmax"));

        var result = new Distiller(teacher).WithStudent(student).Fit(data.TrainX, batch_size: 128, epochs: 3);
        Console.WriteLine(result.History["teacher_agreement"][^1]);
        // </snippet>
        Assert.That(result.History.Contains("accuracy"), Is.False);
    }
}
