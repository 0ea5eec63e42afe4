// <snippet On_a_GPU>
using Distillation.Keras;
using Distillation.Keras.Layers;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/getting-started.md.</summary>
public sealed class OnAGpu
{
    [Test]
    public void On_a_GPU()
    {
        // <snippet On_a_GPU>
        using var data = Datasets.Digits.LoadData();
        Device gpu = "cuda";
        var device = gpu.IsAvailable ? gpu : Device.Cpu;
        var model = new Sequential(new Input(28, 28, 1), new Flatten(), new Dense(10, activation: "softmax"));
        model.Compile("adam", "categorical_crossentropy", ["accuracy"]);
        model.Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 1, device: device);
        Console.WriteLine(model.Weights[0].Device);
        // </snippet>
        Assert.That(model.Weights[0].Device, Is.EqualTo(device));
    }
}
