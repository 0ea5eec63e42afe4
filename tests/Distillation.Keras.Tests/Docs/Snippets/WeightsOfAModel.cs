// <snippet Weights_of_a_model>
using Distillation.Keras;
using Distillation.Keras.Layers;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/getting-started.md.</summary>
public sealed class WeightsOfAModel
{
    [Test]
    public void Weights_of_a_model()
    {
        // <snippet Weights_of_a_model>
        var model = new Sequential(new Input(28, 28, 1), new Flatten(), new Dense(10, activation: "softmax"));
        string architecture = model.ToJson();
        var copy = Model.FromJson(architecture);
        copy.SetWeights(model.GetWeights());
        // </snippet>
        Assert.That(copy.CountParams(), Is.EqualTo(model.CountParams()));
        Assert.That(copy.GetWeights()[0].ToArray<float>(), Is.EqualTo(model.GetWeights()[0].ToArray<float>()));
    }
}
