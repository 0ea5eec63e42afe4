// <snippet A_model_of_ones_own>
using Distillation.Keras;
using Distillation.Keras.Layers;
using Distillation.Keras.Training;
using static TorchSharp.torch;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/extending.md.</summary>
public sealed class AModelOfOnesOwn
{
    [Test]
    public void A_model_of_ones_own()
    {
        // <snippet A_model_of_ones_own>
        using var data = Datasets.Digits.LoadData();
        var model = new Autoencoder(code: 16);
        model.Compile("adam");
        var history = model.Fit(data.TrainX, batch_size: 128, epochs: 2, validation_split: 0.1);
        Console.WriteLine(history["val_error"][^1]);
        using var images = model.Predict(data.TestX);
        // </snippet>
        Assert.That(history["error"][1], Is.LessThan(history["error"][0]));
        Assert.That(history.Names, Is.EquivalentTo(["error", "val_error"]));
        Assert.That(images.shape, Is.EqualTo(data.TestX.shape));
        Assert.That(model.CountParams(), Is.EqualTo((785 * 16) + (17 * 784)));
    }

    // <snippet A_model_of_ones_own>
    /// <summary>Gives its images back through a narrow layer.</summary>
    public sealed class Autoencoder(int code, string? name = null) : Model(name)
    {
        private readonly Flatten _flatten = new();
        private readonly Dense _encoder = new(code, "relu");
        private readonly Dense _decoder = new(28 * 28, "sigmoid");
        private readonly Reshape _reshape = new((28, 28, 1));

        public int Code { get; } = code;

        protected override Tensor Forward(Tensor input, CallContext context) =>
            _reshape.Call(_decoder.Call(_encoder.Call(_flatten.Call(input))));

        protected override void TrainStep(Batch batch, StepContext step)
        {
            Tensor error = Error(batch, step);
            step.Report(batch, "error", error);
            step.Minimize(error);
        }

        protected override void TestStep(Batch batch, StepContext step) => step.Report(batch, "error", Error(batch, step));

        private static Tensor Error(Batch batch, StepContext step) => step.Forward(batch)[0].sub(batch.X[0]).square().mean();
    }
    // </snippet>
}
