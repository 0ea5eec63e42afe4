namespace Distillation.Keras.Facade;

/// <summary>Keras' <c>keras.datasets</c>, and the bundled <c>digits</c>.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class DatasetsModule
{
    internal DatasetsModule()
    {
    }

    /// <summary><c>keras.datasets.mnist</c>.</summary>
    public DatasetModule mnist { get; } = new(static folder => Datasets.Mnist.LoadRaw(folder));

    /// <summary><c>keras.datasets.fashion_mnist</c>.</summary>
    public DatasetModule fashion_mnist { get; } = new(static folder => Datasets.FashionMnist.LoadRaw(folder));

    /// <summary>The bundled digits, a part of MNIST, which Keras does not have: the same form, and no download.</summary>
    public DatasetModule digits { get; } = new(static folder => folder is null
        ? Datasets.Digits.LoadRaw()
        : throw new ArgumentException($"The bundled digits are in the package, not in the folder '{folder}'. Without an argument they load; keras.datasets.mnist.load_data(folder) reads files.", nameof(folder)));
}
