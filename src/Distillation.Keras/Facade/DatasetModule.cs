namespace Distillation.Keras.Facade;

/// <summary>One dataset: <c>keras.datasets.mnist</c>.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class DatasetModule
{
    private readonly Func<RawImageDataset> _load;

    internal DatasetModule(Func<RawImageDataset> load) => _load = load;

    /// <summary>Loads the images as Keras does: <c>var ((x_train, y_train), (x_test, y_test)) = keras.datasets.mnist.load_data();</c></summary>
    /// <returns>Bytes (n, 28, 28) and labels (n,). The caller owns the arrays.</returns>
    /// <exception cref="IOException">The data is neither on this machine nor could it be downloaded; the message says what was tried.</exception>
    /// <exception cref="InvalidDataException">A file is damaged or holds something else.</exception>
    public LoadedData load_data() => new(_load());
}
