using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Initializers;

/// <summary>Values from a normal distribution.</summary>
/// <remarks>Immutable and thread-safe. Source: <c>keras/src/initializers/random_initializers.py</c>.</remarks>
[Identifiers("random_normal", "normal")]
public sealed class RandomNormal : RandomInitializer
{
    /// <inheritdoc cref="RandomNormal" path="/summary"/>
    /// <param name="mean">The mean.</param>
    /// <param name="stddev">The standard deviation.</param>
    /// <param name="seed">The seed, or <see langword="null"/> for one from the library's random state.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not finite.</exception>
    public RandomNormal(double mean = 0.0, double stddev = 0.05, int? seed = null)
        : base(seed)
    {
        Mean = Arguments.Finite(mean);
        Stddev = Arguments.Finite(stddev);
    }

    /// <summary>The mean.</summary>
    public double Mean { get; }

    /// <summary>The standard deviation.</summary>
    public double Stddev { get; }

    private protected override Tensor Draw(long[] sizes, ScalarType dtype, Generator generator) =>
        Normal(sizes, dtype, generator, Mean, Stddev);
}
