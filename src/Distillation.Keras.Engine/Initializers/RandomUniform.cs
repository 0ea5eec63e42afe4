using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Initializers;

/// <summary>Values that are equally likely anywhere between two bounds.</summary>
/// <remarks>Immutable and thread-safe. Source: <c>keras/src/initializers/random_initializers.py</c>.</remarks>
[Identifiers("random_uniform", "uniform")]
public sealed class RandomUniform : RandomInitializer
{
    /// <inheritdoc cref="RandomUniform" path="/summary"/>
    /// <param name="minval">The lower bound.</param>
    /// <param name="maxval">The upper bound.</param>
    /// <param name="seed">The seed, or <see langword="null"/> for one from the library's random state.</param>
    /// <exception cref="ArgumentException">A bound is not finite, or the lower is above the upper.</exception>
    public RandomUniform(double minval = -0.05, double maxval = 0.05, int? seed = null)
        : base(seed)
    {
        Minval = Arguments.Finite(minval);
        Maxval = Arguments.Finite(maxval);
        if (minval > maxval)
        {
            throw new ArgumentException(
                Invariant($"The lower bound of RandomUniform is not above the upper, but minval is {minval} and maxval is {maxval}.")
            );
        }
    }

    /// <summary>The lower bound.</summary>
    public double Minval { get; }

    /// <summary>The upper bound.</summary>
    public double Maxval { get; }

    private protected override Tensor Draw(long[] sizes, ScalarType dtype, Generator generator) =>
        Uniform(sizes, dtype, generator, Minval, Maxval);
}
