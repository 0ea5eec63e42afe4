using static TorchSharp.torch;

namespace Distillation.Keras.Initializers;

/// <summary>
/// Values from a normal distribution of which what is more than two standard deviations off the mean is left out. The standard deviation
/// that results is 0.88 times the one given.
/// </summary>
/// <remarks>Immutable and thread-safe. Source: <c>keras/src/initializers/random_initializers.py</c>.</remarks>
public sealed class TruncatedNormal : RandomInitializer
{
    /// <inheritdoc cref="TruncatedNormal" path="/summary"/>
    /// <param name="mean">The mean.</param>
    /// <param name="stddev">The standard deviation before the rest is left out.</param>
    /// <param name="seed">The seed, or <see langword="null"/> for one from the library's random state.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not finite.</exception>
    public TruncatedNormal(double mean = 0.0, double stddev = 0.05, int? seed = null)
        : base(seed)
    {
        Mean = Arguments.Finite(mean);
        Stddev = Arguments.Finite(stddev);
    }

    /// <summary>The mean.</summary>
    public double Mean { get; }

    /// <summary>The standard deviation before the rest is left out.</summary>
    public double Stddev { get; }

    private protected override Tensor Draw(long[] sizes, ScalarType dtype, Generator generator) =>
        TruncatedNormal(sizes, dtype, generator, Mean, Stddev);
}
