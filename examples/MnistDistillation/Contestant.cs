using System.Diagnostics;
using Distillation.Keras;
using Examples.Common;
using NumSharp;

namespace MnistDistillation;

/// <summary>A trained model with its history and what it does on the test images.</summary>
internal sealed class Contestant
{
    private const int WarmUps = 100;
    private const int Timings = 101;

    private Contestant(string name, int seed, Model model, History? history, long[] classes, int errors)
    {
        Name = name;
        Seed = seed;
        Model = model;
        History = history;
        Classes = classes;
        Errors = errors;
    }

    /// <summary>Which row of the table it belongs to.</summary>
    public string Name { get; }

    public int Seed { get; }

    public Model Model { get; }

    /// <summary>How it was trained; <see langword="null"/> for a model from a file.</summary>
    public History? History { get; }

    /// <summary>The class that the model chooses for each test image.</summary>
    public long[] Classes { get; }

    public int Errors { get; }

    public double Accuracy => 1 - (Errors / (double)Classes.Length);

    public static Contestant Test(string name, int seed, Model model, History? history, Digits data)
    {
        using NDArray probabilities = model.Predict(data.TestX, batch_size: 256);
        using NDArray chosen = np.argmax(probabilities, 1);
        long[] classes = chosen.ToArray<long>();
        return new Contestant(name, seed, model, history, classes, Comparison.Errors(classes, data.TestLabels));
    }

    public double AgreementWith(Contestant other) => Classes.Where((c, i) => c == other.Classes[i]).Count() / (double)Classes.Length;

    /// <summary>The median time of <c>Predict</c> on one image, in milliseconds.</summary>
    public double Measure(NDArray oneImage, CancellationToken cancellationToken)
    {
        double[] times = new double[Timings];
        for (int i = -WarmUps; i < Timings; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            Model.Predict(oneImage).Dispose();
            if (i >= 0)
            {
                times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        }

        Array.Sort(times);
        return times[Timings / 2];
    }
}
