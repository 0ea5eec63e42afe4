using Distillation.Keras;
using NumSharp;

namespace Examples.Common;

/// <summary>The images and labels of a run. Owns its arrays.</summary>
public sealed class Digits : IDisposable
{
    private readonly ImageDataset _all;

    private Digits(ImageDataset all, int? samples, int? testSamples)
    {
        _all = all;
        TrainX = First(all.TrainX, samples);
        TrainY = First(all.TrainY, samples);
        TestX = First(all.TestX, testSamples);
        TestY = First(all.TestY, testSamples);
        TrainLabels = [.. all.TrainLabels.ToArray<int>().Take((int)TrainX.shape[0])];
        TestLabels = [.. all.TestLabels.ToArray<int>().Take((int)TestX.shape[0])];
    }

    /// <summary>Training images, (n, 28, 28, 1).</summary>
    public NDArray TrainX { get; }

    /// <summary>Training labels, (n, 10), one-hot.</summary>
    public NDArray TrainY { get; }

    /// <summary>Test images, (m, 28, 28, 1).</summary>
    public NDArray TestX { get; }

    /// <summary>Test labels, (m, 10), one-hot.</summary>
    public NDArray TestY { get; }

    /// <summary>Training labels as numbers from 0 to 9.</summary>
    public IReadOnlyList<int> TrainLabels { get; }

    /// <summary>Test labels as numbers from 0 to 9.</summary>
    public IReadOnlyList<int> TestLabels { get; }

    /// <summary>The number of training images.</summary>
    public long TrainCount => TrainX.shape[0];

    /// <summary>Where the data came from.</summary>
    public string Source => _all.Source;

    /// <summary>Loads what <c>--data</c> names.</summary>
    /// <param name="data"><c>digits</c>, <c>mnist</c>, <c>fashion</c> or a folder.</param>
    /// <param name="samples">How many training images to keep, or all.</param>
    /// <param name="testSamples">How many test images to keep, or all.</param>
    /// <param name="cancellationToken">Ends a download.</param>
    /// <exception cref="IOException">The data is not there and could not be downloaded.</exception>
    /// <exception cref="InvalidDataException">A file is damaged or holds something else.</exception>
    public static Digits Load(string data, int? samples, int? testSamples, CancellationToken cancellationToken)
    {
        ImageDataset all = data switch
        {
            "digits" => Datasets.Digits.LoadData(),
            "mnist" => Datasets.Mnist.LoadDataAsync(cancellationToken: cancellationToken).GetAwaiter().GetResult(),
            "fashion" => Datasets.FashionMnist.LoadDataAsync(cancellationToken: cancellationToken).GetAwaiter().GetResult(),
            _ => ImageFolder.Load(data, folder => Datasets.Mnist.LoadData(folder), folder => Datasets.FashionMnist.LoadData(folder)),
        };
        return new Digits(all, samples, testSamples);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        TrainX.Dispose();
        TrainY.Dispose();
        TestX.Dispose();
        TestY.Dispose();
        _all.Dispose();
    }

    private static NDArray First(NDArray array, int? count) => count is int n ? array.First(n) : array;
}
