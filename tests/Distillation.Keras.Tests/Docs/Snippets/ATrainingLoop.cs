// <snippet A_training_loop>
using Distillation.Keras;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Optimizers;
using static TorchSharp.torch;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/extending.md.</summary>
public sealed class ATrainingLoop
{
    [Test]
    public void A_training_loop()
    {
        // <snippet A_training_loop>
        Utils.SetRandomSeed(1);
        using var data = Datasets.Digits.LoadData();
        var model = new Sequential(
            new Input(28, 28, 1), new Flatten(), new Dense(32, activation: "relu"), new Dense(10, activation: "softmax"));
        using var x = tensor(data.TrainX.ToArray<float>()).reshape(-1, 28, 28, 1);
        using var y = tensor(data.TrainLabels.ToArray<int>());
        var loss = new SparseCategoricalCrossentropy();
        var optimizer = new Adam(0.001);
        var weights = model.TrainableWeights;
        Tensor[] values = [.. weights.Select(w => w.Value)];

        foreach (Tensor batch in randperm(x.shape[0]).split(128))
        {
            using var step = NewDisposeScope();
            Tensor p = model.Call(x.index_select(0, batch), training: true);
            Tensor value = loss.Call(y.index_select(0, batch), p);
            optimizer.Apply([.. autograd.grad([value], values)], weights);
        }
        // </snippet>
        model.Compile("sgd", "categorical_crossentropy", ["accuracy"]);
        Assert.That(model.Evaluate(data.TestX, data.TestY)["accuracy"], Is.GreaterThan(0.6));
    }
}
