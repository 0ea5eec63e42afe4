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
            _ => FromFolder(data),
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

    // The files of both datasets have the same names: which one it is shows when it is read.
    private static ImageDataset FromFolder(string folder)
    {
        try
        {
            return Datasets.Mnist.LoadData(folder);
        }
        catch (Exception mnist) when (mnist is FileNotFoundException or InvalidDataException)
        {
            try
            {
                return Datasets.FashionMnist.LoadData(folder);
            }
            catch (Exception e) when (e is FileNotFoundException or InvalidDataException)
            {
                throw mnist;
            }
        }
    }

    private static NDArray First(NDArray array, int? count)
    {
        if (count is not int n || n >= array.shape[0])
        {
            return array;
        }

        using NDArray view = array[$":{n}"];
        return view.copy();
    }
}
