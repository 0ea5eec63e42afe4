// <snippet Augmentation>
using Distillation.Keras;
using Distillation.Keras.Layers;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/distillation.md.</summary>
public sealed class AViewOfTheBatch
{
    [Test]
    public void Augmentation()
    {
        // <snippet Augmentation>
        using var data = Datasets.Digits.LoadData();
        Model Classifier(int units) =>
            new Sequential(new Input(28, 28, 1), new Flatten(), new Dense(units, "relu"), new Dense(10, "softmax"));
        var teacher = Classifier(64);
        teacher.Compile("adam", "categorical_crossentropy");
        teacher.Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 2);

        var result = new Distiller(teacher)
            .WithStudent(Classifier(16))
            .WithAugmentation(new Pipeline([new RandomTranslation(0.1, 0.1), new RandomZoom(0.1)]))
            .Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 2);
        Console.WriteLine(result.Evaluate(data.TestX, data.TestY));
        // </snippet>
        Assert.That(result.Evaluate(data.TestX, data.TestY).Student.Accuracy, Is.GreaterThan(0.5));
    }
}
