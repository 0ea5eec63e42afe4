using Distillation.Keras.Layers;
using NumSharp;

namespace Distillation.Keras.Tests.Compiling;

/// <summary>
/// <c>Compile</c> takes names and objects in every combination. That the calls are here shows that they compile; the F# ones are run by the
/// F# tests.
/// </summary>
public sealed class CompileCallsTests
{
    private static readonly float[,] X =
    {
        { 1, 2, 3, 4 },
        { 0, 1, 0, -1 },
        { 2, 0, 1, 1 },
    };
    private static readonly float[,] Y =
    {
        { 1, 0 },
        { 0, 1 },
        { 1, 0 },
    };

    [Test]
    public void Every_combination_compiles_what_it_says()
    {
        var model = new Sequential(new Input(4), new Dense(2, name: "out"));
        string[] wrong =
        [
            .. CSharpCalls
                .All.Select(
                    (call, i) =>
                    {
                        call.Make(model);
                        Logs logs = model.TestOnBatch(X, Y);
                        string found =
                            $"{model.Optimizer.GetType().Name} {LossOf(model, logs["loss"])} "
                            + $"{string.Join(' ', logs.Keys.Where(k => k != "loss").Order())}";
                        string said = $"{call.Optimizer} {call.Loss} {string.Join(' ', call.Metrics.Split(' ').Order())}";
                        return found == said ? string.Empty : $"call {i} says {said}, but it compiled {found}";
                    }
                )
                .Where(m => m.Length > 0)
                .Take(5),
        ];
        Assert.That(wrong, Is.Empty);
    }

    private static string LossOf(Sequential model, double value)
    {
        using NDArray p = model.Predict(X);
        float[] predicted = p.ToArray<float>();
        double[] errors = [.. predicted.Zip(Y.Cast<float>(), (a, b) => (double)a - b)];
        return Math.Abs(value - errors.Average(e => e * e)) < 1e-5 ? "mse"
            : Math.Abs(value - errors.Average(Math.Abs)) < 1e-5 ? "mae"
            : "another loss";
    }
}
