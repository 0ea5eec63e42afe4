using Distillation.Keras.Initializers;
using Distillation.Keras.Layers;

namespace Distillation.Keras.Tests.Distilling;

/// <summary>Linear regressions, whose outputs and gradients are computed here by hand in double.</summary>
internal static class ToyRegression
{
    public const int Outputs = 2;

    public static Sequential Linear(int seed, int outputs = Outputs, double bias = 3, string name = "numbers") =>
        new(
            new Input(shape: Toy.Width),
            new Dense(outputs, kernel_initializer: new GlorotUniform(seed: seed), bias_initializer: new Constant(bias), name: name)
        );

    public static Sequential Deep(int seed, int outputs = Outputs, int hidden = 8) =>
        new(new Input(shape: Toy.Width), Toy.Dense(hidden, seed, "relu", name: "hidden"), Toy.Dense(outputs, seed + 1, name: "numbers"));

    /// <summary>Positive targets, (samples, outputs).</summary>
    public static float[,] Targets(int samples = 50, int outputs = Outputs, int seed = 3)
    {
        var random = new Random(seed);
        float[,] y = new float[samples, outputs];
        for (int i = 0; i < samples; i++)
        {
            for (int j = 0; j < outputs; j++)
            {
                y[i, j] = (float)(1 + (4 * random.NextDouble()));
            }
        }

        return y;
    }

    /// <summary>x W + b, from weights as <see cref="Toy.Values(Layer)"/> gives them.</summary>
    public static double[,] Apply(double[] weights, float[,] x, int outputs = Outputs)
    {
        double[,] z = new double[x.GetLength(0), outputs];
        for (int i = 0; i < x.GetLength(0); i++)
        {
            for (int j = 0; j < outputs; j++)
            {
                z[i, j] =
                    weights[(Toy.Width * outputs) + j] + Enumerable.Range(0, Toy.Width).Sum(k => x[i, k] * weights[(k * outputs) + j]);
            }
        }

        return z;
    }

    public static double[] Row(double[,] rows, int i) => [.. Enumerable.Range(0, rows.GetLength(1)).Select(j => rows[i, j])];

    public static double[,] Wide(float[,] y)
    {
        double[,] wide = new double[y.GetLength(0), y.GetLength(1)];
        Array.Copy(y, wide, y.Length);
        return wide;
    }

    /// <summary>Pearson's r in two passes.</summary>
    public static double Pearson(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        double meanA = a.Average();
        double meanB = b.Average();
        double ab = a.Zip(b, (p, q) => (p - meanA) * (q - meanB)).Sum();
        return ab / Math.Sqrt(a.Sum(p => (p - meanA) * (p - meanA)) * b.Sum(q => (q - meanB) * (q - meanB)));
    }

    public static double Pearson(double[,] a, double[,] b) =>
        Enumerable.Range(0, a.GetLength(1)).Average(j => Pearson(Column(a, j), Column(b, j)));

    private static double[] Column(double[,] rows, int j) => [.. Enumerable.Range(0, rows.GetLength(0)).Select(i => rows[i, j])];
}
