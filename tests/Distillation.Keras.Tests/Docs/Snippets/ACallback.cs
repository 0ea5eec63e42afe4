// <snippet A_callback>
using Distillation.Keras;
using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/extending.md.</summary>
public sealed class ACallback
{
    [Test]
    public void A_callback()
    {
        // <snippet A_callback>
        using var data = Datasets.Digits.LoadData();
        var model = new Sequential(new Input(28, 28, 1), new Flatten(), new Dense(10, activation: "softmax"));
        model.Compile("adam", "categorical_crossentropy", ["accuracy"]);
        var stop = new StopAt("accuracy", 0.5);
        var history = model.Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 20, callbacks: [stop]);
        Console.WriteLine(stop.StoppedEpoch);
        // </snippet>
        Assert.That(stop.StoppedEpoch, Is.EqualTo(history["accuracy"].Count - 1).And.LessThan(19));
    }

    // <snippet A_callback>
    /// <summary>Ends the training when a value is good enough.</summary>
    public sealed class StopAt(string name, double value) : Callback
    {
        public int StoppedEpoch { get; private set; } = -1;

        public override void OnEpochEnd(int epoch, Logs logs)
        {
            if (logs[name] >= value)
            {
                StoppedEpoch = epoch;
                Model.StopTraining = true;
            }
        }
    }
    // </snippet>
}
