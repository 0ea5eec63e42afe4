// <snippet Callbacks_of_a_fit>
using Distillation.Keras;
using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/getting-started.md.</summary>
public sealed class CallbacksOfAFit
{
    [Test]
    public void Callbacks_of_a_fit()
    {
        // <snippet Callbacks_of_a_fit>
        using var data = Datasets.Digits.LoadData();
        var model = new Sequential(
            new Input(28, 28, 1), new Flatten(), new Dense(64, activation: "relu"), new Dense(10, activation: "softmax"));
        model.Compile("adam", "categorical_crossentropy", ["accuracy"]);
        var stop = new EarlyStopping(monitor: "val_loss", patience: 2, restore_best_weights: true);
        model.Fit(
            data.TrainX, data.TrainY, batch_size: 128, epochs: 3, validation_split: 0.1, callbacks: [stop]);
        Console.WriteLine(stop.Best);
        // </snippet>
        Assert.That(stop.Best, Is.Not.Null);
    }
}
