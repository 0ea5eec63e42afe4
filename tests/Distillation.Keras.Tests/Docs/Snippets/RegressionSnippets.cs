// <snippet A_regression>
using Distillation.Keras;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
// </snippet>

namespace Snippets;

/// <summary>The code on regressions of docs/distillation.md.</summary>
public sealed class RegressionSnippets
{
    [Test]
    public void A_regression()
    {
        // <snippet A_regression>
        // Any numbers, one row a sample; here a surface with some noise.
        var random = new Random(1);
        var x = new float[1000, 2];
        var y = new float[1000, 1];
        for (int i = 0; i < 1000; i++)
        {
            x[i, 0] = (random.NextSingle() * 2) - 1;
            x[i, 1] = (random.NextSingle() * 2) - 1;
            y[i, 0] = MathF.Sin(3 * x[i, 0]) + (x[i, 0] * x[i, 1]) + (0.2f * (random.NextSingle() - 0.5f));
        }

        var teacher = new Sequential(new Input(2), new Dense(64, "relu"), new Dense(64, "relu"), new Dense(1));
        teacher.Compile(new Adam(0.005), loss: "mse");
        teacher.Fit(x, y, epochs: 20, verbose: 0);

        var student = new Sequential(new Input(2), new Dense(8, "tanh"), new Dense(1));
        var result = new Distiller(teacher).WithStudent(student).WithLoss("mse").WithOptimizer(new Adam(0.01))
            .Fit(x, y, epochs: 20, verbose: 0);
        Console.WriteLine(result.History["teacher_correlation"][^1]);
        Console.WriteLine(result.Evaluate(x, y));   // loss, MAE and RMSE of both, and their correlation
        // </snippet>
        Assert.That(result.Evaluate(x, y).TeacherCorrelation, Is.GreaterThan(0.5));
    }
}
