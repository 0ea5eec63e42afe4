using NumSharp;

namespace Distillation.Keras.Facade;

/// <summary>What <c>load_data()</c> returns: <c>var ((x_train, y_train), (x_test, y_test)) = ...</c></summary>
/// <remarks>Immutable, but for the arrays' contents. The arrays belong to the caller.</remarks>
public sealed class LoadedData
{
    internal LoadedData(RawImageDataset data)
    {
        Train = new LoadedSplit(data.TrainX, data.TrainY);
        Test = new LoadedSplit(data.TestX, data.TestY);
    }

    /// <summary>The training images and labels.</summary>
    [NDBorrowed]
    public LoadedSplit Train { get; }

    /// <summary>The test images and labels.</summary>
    [NDBorrowed]
    public LoadedSplit Test { get; }

    /// <summary>Takes it apart.</summary>
    /// <param name="train">The training images and labels.</param>
    /// <param name="test">The test images and labels.</param>
    public void Deconstruct(out LoadedSplit train, out LoadedSplit test) => (train, test) = (Train, Test);
}
