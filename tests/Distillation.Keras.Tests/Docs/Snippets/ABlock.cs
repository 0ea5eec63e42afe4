// <snippet A_block>
using Distillation.Keras;
using Distillation.Keras.Layers;
using static TorchSharp.torch;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/extending.md.</summary>
public sealed class ABlock
{
    [Test]
    public void A_block()
    {
        // <snippet A_block>
        using var data = Datasets.Digits.LoadData();
        var model = new Sequential(
            new Input(28, 28, 1), new Flatten(), new Dense(32, "relu"), new Residual(16), new Residual(16, rate: 0), new Dense(10, "softmax"));
        model.Compile("adam", "categorical_crossentropy", ["accuracy"]);
        model.Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 1);
        Console.WriteLine(model.Layers[2].Weights[0].Path);
        // </snippet>
        Assert.That(model.Layers[2].Weights, Has.Count.EqualTo(4));
        Assert.That(model.CountParams(), Is.EqualTo((785 * 32) + (2 * ((33 * 16) + (17 * 32))) + (33 * 10)));
        Assert.That(((Residual)model.Clone().Layers[3]).Rate, Is.Zero);
        Assert.That(model.Layers[2].Weights[0].Path, Does.Match("/residual[_0-9]*/dense[_0-9]*/kernel$"));
    }

    // <snippet A_block>
    /// <summary>Adds to its input what two dense layers make of it.</summary>
    public sealed class Residual(int units, double rate = 0.1, string? name = null) : Layer(name)
    {
        private readonly Dense _narrow = new(units, "relu");
        private readonly Dropout _dropout = new(rate);
        private Dense? _wide;

        public int Units { get; } = units;

        public double Rate { get; } = rate;

        protected override void Build(Shape inputShape) => _wide = new Dense(inputShape.Known(-1, Name));

        protected override Tensor Forward(Tensor input, CallContext context) =>
            input.add(_wide!.Call(_dropout.Call(_narrow.Call(input))));
    }
    // </snippet>
}
