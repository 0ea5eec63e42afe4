namespace Distillation.Keras.Facade;

/// <summary>One dataset: <c>keras.datasets.mnist</c>.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class DatasetModule
{
    private readonly Func<string?, RawImageDataset> _load;

    internal DatasetModule(Func<string?, RawImageDataset> load) => _load = load;

    /// <summary>Loads the images as Keras does: <c>var ((x_train, y_train), (x_test, y_test)) = keras.datasets.mnist.load_data();</c></summary>
    /// <param name="folder">Where the files lie, as IDX files or npz; null means what Keras does: its cache, else its address. The bundled digits have none.</param>
    /// <returns>Bytes (n, 28, 28) and labels (n,). The caller owns the arrays.</returns>
    /// <exception cref="ArgumentException">A folder was given for the bundled digits.</exception>
    /// <exception cref="IOException">The data is neither on this machine nor could it be downloaded; the message says what was tried.</exception>
    /// <exception cref="InvalidDataException">A file is damaged or holds something else.</exception>
    public LoadedData load_data(string? folder = null) => new(_load(folder));
}
