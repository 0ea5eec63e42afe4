namespace Distillation.Keras.Facade;

/// <summary>Keras' <c>keras.datasets</c>, and the bundled <c>digits</c>.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class DatasetsModule
{
    internal DatasetsModule()
    {
    }

    /// <summary><c>keras.datasets.mnist</c>.</summary>
    public DatasetModule mnist { get; } = new(static () => Datasets.Mnist.LoadRaw());

    /// <summary><c>keras.datasets.fashion_mnist</c>.</summary>
    public DatasetModule fashion_mnist { get; } = new(static () => Datasets.FashionMnist.LoadRaw());

    /// <summary>The bundled digits, a part of MNIST, which Keras does not have: the same form, and no download.</summary>
    public DatasetModule digits { get; } = new(static () => Datasets.Digits.LoadRaw());
}
