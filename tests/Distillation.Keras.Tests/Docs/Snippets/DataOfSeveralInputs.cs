// <snippet Data_of_several_inputs>
using Distillation.Keras;
using Distillation.Keras.Layers;
using NumSharp;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/getting-started.md.</summary>
public sealed class DataOfSeveralInputs
{
    [Test]
    public void Data_of_several_inputs()
    {
        // <snippet Data_of_several_inputs>
        var a = new Input(2);
        var b = new Input(3);
        var model = new Model(new KerasTensor[] { a, b }, new Dense(1).Apply(new Concatenate().Apply(a, b)));
        model.Compile("adam", "mse");
        float[,] x1 = new float[100, 2];
        double[][] x2 = [.. Enumerable.Range(0, 100).Select(i => new double[] { i, i * 2, i * 3 })];
        using NDArray y = np.arange(200).reshape(200, 1);
        NDArray first = y["0:100"];
        float[] weights = [.. Enumerable.Repeat(1f, 100)];
        model.Fit([x1, x2], first, sample_weight: weights, validation_data: ([x1, x2], first, weights), verbose: 0);
        // </snippet>
        Assert.That(model.Optimizer.Iterations, Is.GreaterThan(0));
    }
}
