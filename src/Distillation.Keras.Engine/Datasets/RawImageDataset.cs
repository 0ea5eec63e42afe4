using NumSharp;

namespace Distillation.Keras;

/// <summary>
/// An image dataset as Keras' own <c>load_data()</c> gives it: bytes and integer labels, not scaled.
/// Immutable, but for the arrays' contents; it owns its arrays, and <see cref="Dispose"/> frees them.
/// </summary>
public sealed class RawImageDataset : IDisposable
{
    internal RawImageDataset(
        NDArray trainX, NDArray trainY, NDArray testX, NDArray testY, IReadOnlyList<string> classNames, string source)
    {
        TrainX = trainX;
        TrainY = trainY;
        TestX = testX;
        TestY = testY;
        ClassNames = classNames;
        Source = source;
    }

    /// <summary>The training images: uint8, shape (n, 28, 28), 0 is background and 255 full ink.</summary>
    public NDArray TrainX { get; }

    /// <summary>The training labels: uint8, shape (n,), 0 to <see cref="ClassCount"/> - 1.</summary>
    public NDArray TrainY { get; }

    /// <summary>The test images: uint8, shape (n, 28, 28), 0 is background and 255 full ink.</summary>
    public NDArray TestX { get; }

    /// <summary>The test labels: uint8, shape (n,), 0 to <see cref="ClassCount"/> - 1.</summary>
    public NDArray TestY { get; }

    /// <summary>What each label stands for; the label is the index.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The number of classes.</summary>
    public int ClassCount => ClassNames.Count;

    /// <summary>Where the data came from: a file, a folder, or the bundled resource.</summary>
    public string Source { get; }

    /// <summary>Takes it apart into images and labels, as Keras has them: <c>var ((trainX, trainY), (testX, testY)) = ...</c></summary>
    /// <param name="train"><see cref="TrainX"/> and <see cref="TrainY"/>, which stay the dataset's.</param>
    /// <param name="test"><see cref="TestX"/> and <see cref="TestY"/>, which stay the dataset's.</param>
    public void Deconstruct(out (NDArray X, NDArray Y) train, out (NDArray X, NDArray Y) test) => (train, test) = ((TrainX, TrainY), (TestX, TestY));

    /// <summary>Frees the four arrays. Arrays that were derived from them by copying stay valid; views do not.</summary>
    public void Dispose()
    {
        TrainX.Dispose();
        TrainY.Dispose();
        TestX.Dispose();
        TestY.Dispose();
    }
}
