// <snippet Operators_in_a_model>
using Distillation.Keras;
using Distillation.Keras.Layers;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/porting-from-keras.md.</summary>
public sealed class OperatorsInAModel
{
    [Test]
    public void Operators_in_a_model()
    {
        // <snippet Operators_in_a_model>
        var input = new Input(8);
        var a = new Dense(4, activation: "tanh").Apply(input);
        var b = new Dense(4).Apply(input);
        var mixed = Ops.Relu((a * 2.0) + b - 1.0);
        var joined = Ops.Concatenate([mixed, a[.., ..2]], axis: -1);
        var model = new Model(input, new Dense(2).Apply(joined));
        model.Summary();
        // </snippet>
        Assert.That(model.CountParams(), Is.EqualTo((2 * ((8 * 4) + 4)) + (6 * 2) + 2));
    }
}
