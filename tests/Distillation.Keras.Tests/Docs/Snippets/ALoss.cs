// <snippet A_loss>
using Distillation.Keras;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using static TorchSharp.torch;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/extending.md.</summary>
public sealed class ALoss
{
    [Test]
    public void A_loss()
    {
        // <snippet A_loss>
        float[,] x = { { 0, 1 }, { 1, 0 }, { 1, 1 }, { 2, 1 }, { 1, 3 }, { 0, 2 } };
        float[] y = [-1, 1, 0, 1, -2, -2];
        var model = new Sequential(new Input(2), new Dense(1));
        model.Compile("adam", new FourthPower(), ["mae"]);
        var history = model.Fit(x, y, epochs: 20, verbose: 0);

        // A plain function is a loss, too.
        model.Compile("adam", (y, p) => y.sub(p).abs().mean([-1]), ["mae"]);
        model.Fit(x, y, epochs: 20, verbose: 0);
        // </snippet>
        Assert.That(history["loss"][^1], Is.LessThan(history["loss"][0]));
    }

    // <snippet A_loss>
    /// <summary>The mean of the errors' fourth powers.</summary>
    public sealed class FourthPower() : Loss("fourth_power")
    {
        protected override Tensor Forward(Tensor y_true, Tensor y_pred)
        {
            Tensor error = y_true.sub(y_pred);
            Tensor square = error.mul(error);
            return square.mul(square).mean([-1]);
        }
    }
    // </snippet>
}
