// <snippet A_lambda>
using Distillation.Keras;
using Distillation.Keras.Layers;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/porting-from-keras.md.</summary>
public sealed class ALambda
{
    [Test]
    public void A_lambda()
    {
        // <snippet A_lambda>
        var squares = new Lambda(x => x * x);
        var model = new Sequential(new Input(4), squares, new Dense(2));
        model.Summary();
        // </snippet>
        Assert.That(model.CountParams(), Is.EqualTo(10));
    }
}
