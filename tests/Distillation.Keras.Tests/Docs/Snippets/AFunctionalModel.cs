// <snippet A_functional_model>
using Distillation.Keras;
using Distillation.Keras.Layers;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/getting-started.md.</summary>
public sealed class AFunctionalModel
{
    [Test]
    public void A_functional_model()
    {
        // <snippet A_functional_model>
        var input = new Input(28, 28, 1);
        var flat = new Flatten().Apply(input);
        var hidden = new Dense(64, activation: "relu").Apply(flat);
        var both = new Concatenate().Apply(flat, hidden);
        var output = new Dense(10, activation: "softmax").Apply(both);
        var model = new Model(input, output, name: "with_a_shortcut");
        model.Summary();
        // </snippet>
        Assert.That(model.CountParams(), Is.EqualTo((784 * 64) + 64 + (848 * 10) + 10));
    }
}
