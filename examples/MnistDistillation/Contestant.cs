using System.Diagnostics;
using Distillation.Keras;
using Examples.Common;
using NumSharp;

namespace MnistDistillation;

/// <summary>One row of the table: a trained model with its history and what it does on the test images.</summary>
internal sealed class Contestant
{
    private const int WarmUps = 300;
    private const int Timings = 301;

    private Contestant(string name, Model model, History history, int[] classes)
    {
        Name = name;
        Model = model;
        History = history;
        Classes = classes;
    }

    public string Name { get; }

    public Model Model { get; }

    public History History { get; }

    /// <summary>The class that the model chooses for each test image.</summary>
    public IReadOnlyList<int> Classes { get; }

    /// <summary>The bytes of the weights as float32.</summary>
    public long Bytes => Model.CountParams() * sizeof(float);

    /// <summary>The median time of <c>Predict</c> on one image, in milliseconds.</summary>
    public double Milliseconds { get; private set; }

    public static Contestant Test(string name, Model model, History history, Digits data)
    {
        using NDArray probabilities = model.Predict(data.TestX, batch_size: 256);
        using NDArray classes = np.argmax(probabilities, 1);
        return new Contestant(name, model, history, [.. classes.ToArray<long>().Select(c => (int)c)]);
    }

    public int Errors(IReadOnlyList<int> labels) => Classes.Where((c, i) => c != labels[i]).Count();

    public double AgreementWith(Contestant other) => Classes.Where((c, i) => c == other.Classes[i]).Count() / (double)Classes.Count;

    public void Measure(NDArray oneImage, CancellationToken cancellationToken)
    {
        var times = new double[Timings];
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
        Milliseconds = times[Timings / 2];
    }
}
