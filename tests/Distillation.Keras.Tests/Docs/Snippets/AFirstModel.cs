// <snippet A_first_model>
using Distillation.Keras;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/getting-started.md.</summary>
public sealed class AFirstModel
{
    [Test]
    public void A_first_model()
    {
        // <snippet A_first_model>
        Utils.SetRandomSeed(1);
        using var data = Datasets.Digits.LoadData();
        var teacher = new Sequential(
            new Input(28, 28, 1),
            new Flatten(),
            new Dense(64, activation: "relu"),
            new Dense(10, activation: "softmax"));
        teacher.Summary();
        teacher.Compile(new Adam(0.001), "categorical_crossentropy", ["accuracy"]);
        var history = teacher.Fit(
            data.TrainX, data.TrainY, batch_size: 128, epochs: 2, validation_data: (data.TestX, data.TestY));
        Console.WriteLine(history["val_accuracy"][^1]);

        var scores = teacher.Evaluate(data.TestX, data.TestY);
        Console.WriteLine($"{scores.Loss} {scores["accuracy"]}");
        // </snippet>
        Assert.That(scores["accuracy"], Is.GreaterThan(0.7));
    }
}
