// <snippet A_metric>
using Distillation.Keras;
using Distillation.Keras.Layers;
using Distillation.Keras.Metrics;
using TorchSharp;
using static TorchSharp.torch;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/extending.md.</summary>
public sealed class AMetric
{
    [Test]
    public void A_metric()
    {
        // <snippet A_metric>
        float[,] x = { { 0, 1 }, { 1, 0 }, { 1, 1 }, { 2, 1 }, { 1, 3 }, { 0, 2 } };
        float[,] y = { { -1 }, { 1 }, { 0 }, { 1 }, { -2 }, { -2 } };
        var model = new Sequential(new Input(2), new Dense(1));
        model.Compile("adam", "mse", ["mae", new WorstError()]);
        var history = model.Fit(x, y, epochs: 2, verbose: 0);
        Console.WriteLine(history["worst_error"][^1]);
        // </snippet>
        using var p = model.Predict(x);
        float worst = p.ToArray<float>().Zip(y.Cast<float>(), (a, b) => Math.Abs(a - b)).Max();
        Assert.That(model.Evaluate(x, y)["worst_error"], Is.EqualTo(worst).Within(1e-6));
    }

    // <snippet A_metric>
    /// <summary>The greatest error of all samples.</summary>
    public sealed class WorstError : Metric
    {
        private readonly Variable _worst;

        public WorstError()
            : base("worst_error") => _worst = AddVariable("worst");

        public override void UpdateState(Tensor y_true, Tensor y_pred, Tensor? sample_weight = null)
        {
            using DisposeScope scope = NewDisposeScope();
            _worst.Assign(maximum(_worst.Value, y_true.sub(y_pred).abs().max()));
        }

        public override Tensor Result() => _worst.Value.clone();
    }
    // </snippet>
}
