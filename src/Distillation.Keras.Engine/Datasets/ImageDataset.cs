using NumSharp;

namespace Distillation.Keras;

/// <summary>
/// An image dataset, ready for <c>Fit</c>: images scaled to [0, 1] with a channel axis, labels one-hot and as integers.
/// Immutable, but for the arrays' contents; it owns its arrays, and <see cref="Dispose"/> frees them.
/// </summary>
/// <remarks>
/// MNIST takes about 220 MB in this form. Where a dataset lives as long as the program, <see cref="Dispose"/> need not be called.
/// <code>
/// using var data = Datasets.Digits.LoadData();
/// model.Fit(data.TrainX, data.TrainY, validation_data: (data.TestX, data.TestY));
/// </code>
/// As in Keras it can be taken apart: <c>var ((trainX, trainY), (testX, testY)) = Datasets.Digits.LoadData();</c>
/// </remarks>
public sealed class ImageDataset : IDisposable
{
    private readonly NDArray _trainX;
    private readonly NDArray _trainY;
    private readonly NDArray _testX;
    private readonly NDArray _testY;
    private readonly NDArray _trainLabels;
    private readonly NDArray _testLabels;

    /// <summary>Scales and encodes <paramref name="raw"/>, which stays its owner's.</summary>
    internal ImageDataset(RawImageDataset raw)
    {
        _trainX = Scale(raw.TrainX);
        _testX = Scale(raw.TestX);
        _trainLabels = raw.TrainY.astype(NPTypeCode.Int32);
        _testLabels = raw.TestY.astype(NPTypeCode.Int32);
        _trainY = OneHot(raw.TrainY, raw.ClassCount);
        _testY = OneHot(raw.TestY, raw.ClassCount);
        ClassNames = raw.ClassNames;
        Source = raw.Source;
    }

    /// <summary>The training images: float32, shape (n, 28, 28, 1), 0 is background and 1 full ink (the byte divided by 255).</summary>
    public NDArray TrainX => Alive(_trainX);

    /// <summary>The training labels, one-hot: float32, shape (n, <see cref="ClassCount"/>), for <c>categorical_crossentropy</c>.</summary>
    public NDArray TrainY => Alive(_trainY);

    /// <summary>The test images: float32, shape (n, 28, 28, 1), 0 is background and 1 full ink (the byte divided by 255).</summary>
    public NDArray TestX => Alive(_testX);

    /// <summary>The test labels, one-hot: float32, shape (n, <see cref="ClassCount"/>).</summary>
    public NDArray TestY => Alive(_testY);

    /// <summary>The training labels as integers: int32, shape (n,), for <c>sparse_categorical_crossentropy</c>.</summary>
    public NDArray TrainLabels => Alive(_trainLabels);

    /// <summary>The test labels as integers: int32, shape (n,).</summary>
    public NDArray TestLabels => Alive(_testLabels);

    /// <summary>What each label stands for; the label is the index.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The number of classes.</summary>
    public int ClassCount => ClassNames.Count;

    /// <summary>Where the data came from: a file, a folder, or the bundled resource.</summary>
    public string Source { get; }

    /// <summary>Takes it apart into images and one-hot labels.</summary>
    /// <param name="train"><see cref="TrainX"/> and <see cref="TrainY"/>, which stay the dataset's.</param>
    /// <param name="test"><see cref="TestX"/> and <see cref="TestY"/>, which stay the dataset's.</param>
    public void Deconstruct(out (NDArray X, NDArray Y) train, out (NDArray X, NDArray Y) test) =>
        (train, test) = ((TrainX, TrainY), (TestX, TestY));

    /// <summary>
    /// Frees the six arrays. They cannot be asked for any more; copies and views that were made of them before stay valid.
    /// </summary>
    public void Dispose()
    {
        _trainX.Dispose();
        _trainY.Dispose();
        _testX.Dispose();
        _testY.Dispose();
        _trainLabels.Dispose();
        _testLabels.Dispose();
    }

    private static NDArray Scale(NDArray bytes)
    {
        long[] shape = bytes.shape;
        using NDArray withChannel = bytes.reshape(shape[0], shape[1], shape[2], 1);
        using var divisor = (NDArray)255f;
        NDArray images = withChannel.astype(NPTypeCode.Single);
        // In place: the images of MNIST are 188 MB, and a second array of that size would be thrown away at once.
        images = np.divide(images, divisor, images);
        return images;
    }

    private static NDArray OneHot(NDArray labels, int classes)
    {
        using NDArray rows = Utils.ToCategorical(labels, classes);
        return rows.astype(NPTypeCode.Single);
    }

    private NDArray Alive(NDArray array) =>
        !array.IsDisposed
            ? array
            : throw new ObjectDisposedException(
                GetType().Name,
                $"The dataset from {Source} was disposed, and its arrays with it. Dispose it after their last use, or load it again."
            );
}
