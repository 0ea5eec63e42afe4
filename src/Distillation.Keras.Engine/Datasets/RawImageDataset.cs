using NumSharp;

namespace Distillation.Keras;

/// <summary>
/// An image dataset as Keras' own <c>load_data()</c> gives it: bytes and integer labels, not scaled.
/// Immutable, but for the arrays' contents; it owns its arrays, and <see cref="Dispose"/> frees them.
/// </summary>
public sealed class RawImageDataset : IDisposable
{
    private readonly NDArray _trainX;
    private readonly NDArray _trainY;
    private readonly NDArray _testX;
    private readonly NDArray _testY;

    internal RawImageDataset(NDArray trainX, NDArray trainY, NDArray testX, NDArray testY, IReadOnlyList<string> classNames, string source)
    {
        _trainX = trainX;
        _trainY = trainY;
        _testX = testX;
        _testY = testY;
        ClassNames = classNames;
        Source = source;
    }

    /// <summary>The training images: uint8, shape (n, 28, 28), 0 is background and 255 full ink.</summary>
    public NDArray TrainX => Alive(_trainX);

    /// <summary>The training labels: uint8, shape (n,), 0 to <see cref="ClassCount"/> - 1.</summary>
    public NDArray TrainY => Alive(_trainY);

    /// <summary>The test images: uint8, shape (n, 28, 28), 0 is background and 255 full ink.</summary>
    public NDArray TestX => Alive(_testX);

    /// <summary>The test labels: uint8, shape (n,), 0 to <see cref="ClassCount"/> - 1.</summary>
    public NDArray TestY => Alive(_testY);

    /// <summary>What each label stands for; the label is the index.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The number of classes.</summary>
    public int ClassCount => ClassNames.Count;

    /// <summary>Where the data came from: a file, a folder, or the bundled resource.</summary>
    public string Source { get; }

    /// <summary>Takes it apart into images and labels, as Keras has them: <c>var ((trainX, trainY), (testX, testY)) = ...</c></summary>
    /// <param name="train"><see cref="TrainX"/> and <see cref="TrainY"/>, which stay the dataset's.</param>
    /// <param name="test"><see cref="TestX"/> and <see cref="TestY"/>, which stay the dataset's.</param>
    public void Deconstruct(out (NDArray X, NDArray Y) train, out (NDArray X, NDArray Y) test) =>
        (train, test) = ((TrainX, TrainY), (TestX, TestY));

    /// <summary>
    /// Frees the four arrays. They cannot be asked for any more; copies and views that were made of them before stay valid.
    /// </summary>
    public void Dispose()
    {
        _trainX.Dispose();
        _trainY.Dispose();
        _testX.Dispose();
        _testY.Dispose();
    }

    private NDArray Alive(NDArray array) =>
        !array.IsDisposed
            ? array
            : throw new ObjectDisposedException(
                GetType().Name,
                $"The dataset from {Source} was disposed, and its arrays with it. Dispose it after their last use, or load it again."
            );
}
