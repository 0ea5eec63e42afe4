using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Training;

/// <summary>
/// Ten samples, a linear model, and the same training by hand in plain C#: mean squared error and plain gradient descent.
/// </summary>
internal sealed class LinearProblem
{
    public const double Rate = 0.05;

    public static readonly float[,] X = Make((i, j) => MathF.Sin((3 * i) + j + 1), 10, 2);

    public static readonly float[,] Y = Make((i, _) => MathF.Cos(2 * i), 10, 1);

    private readonly double[] _weights = [0.5, -0.25];
    private double _bias;

    /// <summary>The model with fixed weights, compiled.</summary>
    public static Sequential Model(bool compile = true, params Layer[] before)
    {
        var model = new Sequential([new Input(2), .. before, new Dense(1, name: "linear")]);
        model
            .Weights[0]
            .Assign(
                tensor(
                    new[,]
                    {
                        { 0.5f },
                        { -0.25f },
                    }
                )
            );
        if (compile)
        {
            model.Compile(new SGD(Rate), loss: "mse");
        }

        return model;
    }

    /// <summary>One step on some samples; returns the loss before it.</summary>
    public double Step(IEnumerable<int> samples, Func<int, double>? weight = null)
    {
        int[] rows = [.. samples];
        double[] gradient = new double[3];
        double loss = 0;
        foreach (int row in rows)
        {
            double error = Error(row);
            double share = (weight?.Invoke(row) ?? 1) / rows.Length;
            loss += share * error * error;
            gradient[0] += 2 * share * error * X[row, 0];
            gradient[1] += 2 * share * error * X[row, 1];
            gradient[2] += 2 * share * error;
        }

        _weights[0] -= Rate * gradient[0];
        _weights[1] -= Rate * gradient[1];
        _bias -= Rate * gradient[2];
        return loss;
    }

    /// <summary>An epoch over some samples in order; returns the mean loss of the samples.</summary>
    public double Epoch(int first, int count, int batch, Func<int, double>? weight = null)
    {
        double sum = 0;
        for (int start = first; start < first + count; start += batch)
        {
            int size = Math.Min(batch, first + count - start);
            sum += size * Step(Enumerable.Range(start, size), weight);
        }

        return sum / count;
    }

    /// <summary>The mean loss of some samples.</summary>
    public double Loss(IEnumerable<int> samples, Func<int, double>? weight = null) =>
        samples.Average(i => (weight?.Invoke(i) ?? 1) * Error(i) * Error(i));

    /// <summary>Holds a model's weights against those found by hand.</summary>
    public void AssertWeights(Model model)
    {
        double[] found = [.. model.Weights.SelectMany(w => w.Value.to(float64).cpu().data<double>().ToArray())];
        Assert.That(found, Is.EqualTo([.. _weights, _bias]).Within(1e-5));
    }

    public static float[,] Rows(float[,] source, int first, int count) => Make((i, j) => source[first + i, j], count, source.GetLength(1));

    public static float[,] Make(Func<int, int, float> value, int rows, int columns)
    {
        float[,] result = new float[rows, columns];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                result[i, j] = value(i, j);
            }
        }

        return result;
    }

    private double Error(int row) => (X[row, 0] * _weights[0]) + (X[row, 1] * _weights[1]) + _bias - Y[row, 0];
}
