using NumSharp;

namespace Distillation.Keras.Facade;

/// <summary>Keras' <c>keras.utils</c>.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class UtilsModule
{
    internal UtilsModule()
    {
    }

    /// <inheritdoc cref="Utils.ToCategorical(NDArray, int?)"/>
    public NDArray to_categorical(NDArray x, int? num_classes = null) => Utils.ToCategorical(x, num_classes);

    /// <inheritdoc cref="Utils.ToCategorical(int[], int?)"/>
    public NDArray to_categorical(int[] x, int? num_classes = null) => Utils.ToCategorical(x, num_classes);

    /// <inheritdoc cref="Utils.SetRandomSeed(int)"/>
    public void set_random_seed(int seed) => Utils.SetRandomSeed(seed);
}
