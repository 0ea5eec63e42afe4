using Distillation.Keras.Objectives;
using Distillation.Keras.Training;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Objectives;

/// <summary>Features for tests, the same at every call, and what is computed on them.</summary>
internal static class FeatureData
{
    /// <summary>Random float64 values around 0 of that shape.</summary>
    public static Tensor Of(int seed, params long[] shape)
    {
        var random = new Random(seed);
        double[] values =
        [
            .. Enumerable
                .Range(0, (int)shape.Aggregate(1L, (a, b) => a * b))
                .Select(_ => (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * 2),
        ];
        return tensor(values).reshape(shape);
    }

    public static ObjectiveSignals Signals(Tensor teacher, Tensor student) =>
        new() { TeacherFeatures = [teacher], StudentFeatures = [student] };

    /// <summary>The rows' values, in float64.</summary>
    public static double[] Rows(DistillationObjective objective, Tensor teacher, Tensor student) =>
        Rows(ObjectiveRun.Bind(objective, Signals(teacher, student), dtype: "float64"), teacher, student);

    /// <summary>The rows' values, in float64.</summary>
    public static double[] Rows(ObjectiveTerm term, Tensor teacher, Tensor student) =>
        [.. term.Compute(Signals(teacher, student), 0, 1).detach().data<double>()];

    /// <summary>The element of a map, (batch, height, width, channels).</summary>
    public static Func<int, int, int, int, double> Map(Tensor map)
    {
        double[] values = [.. map.detach().contiguous().data<double>()];
        (long h, long w, long c) = (map.shape[1], map.shape[2], map.shape[3]);
        return (n, i, j, k) => values[(((((n * h) + i) * w) + j) * c) + k];
    }

    /// <summary>The gradient of a sum of rows is that of central differences along random directions.</summary>
    public static void AssertGradient(DistillationObjective objective, Tensor teacher, Tensor student)
    {
        Tensor s = student.detach().clone().requires_grad_();
        ObjectiveTerm term = ObjectiveRun.Bind(objective, Signals(teacher, s), dtype: "float64");
        term.Compute(Signals(teacher, s), 0, 1).sum().backward();
        Tensor gradient = s.grad!;
        for (int i = 0; i < 3; i++)
        {
            Tensor direction = Of(900 + i, student.shape);
            double exact = (gradient * direction).sum().item<double>();
            double At(double step) => term.Compute(Signals(teacher, (student + (direction * step)).detach()), 0, 1).sum().item<double>();
            const double H = 1e-5;
            double numeric = (At(H) - At(-H)) / (2 * H);
            Assert.That(numeric, Is.EqualTo(exact).Within(1e-6 * Math.Max(1, Math.Abs(exact))));
        }

        term.Release();
    }
}
