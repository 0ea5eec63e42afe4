using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Initializers;

/// <summary>
/// A random matrix with orthogonal rows or columns, whichever are fewer (Saxe et al., arXiv 1312.6120). A tensor with more axes is one with
/// all but the last in one.
/// </summary>
/// <remarks>Immutable and thread-safe. Source: <c>keras/src/initializers/random_initializers.py</c>.</remarks>
[Identifiers("orthogonal", "OrthogonalInitializer")]
public sealed class Orthogonal : RandomInitializer
{
    /// <inheritdoc cref="Orthogonal" path="/summary"/>
    /// <param name="gain">The length of the rows or columns.</param>
    /// <param name="seed">The seed, or <see langword="null"/> for one from the library's random state.</param>
    /// <exception cref="ArgumentOutOfRangeException">The gain is not finite.</exception>
    public Orthogonal(double gain = 1.0, int? seed = null)
        : base(seed) => Gain = Arguments.Finite(gain);

    /// <summary>The length of the rows or columns.</summary>
    public double Gain { get; }

    // What is decomposed, the work space of it, and both factors.
    private protected override int Copies => 4;

    private protected override Tensor Draw(long[] sizes, ScalarType dtype, Generator generator)
    {
        if (sizes.Length < 2)
        {
            throw new ArgumentException(
                $"Orthogonal makes tensors with at least two axes, but the shape {Shape.FromSizes(sizes)} was asked for."
            );
        }

        long columns = sizes[^1];
        long rows = sizes[..^1].Aggregate(1L, (product, size) => product * size);
        Tensor normal = randn([Math.Max(rows, columns), Math.Min(rows, columns)], dtype, CPU, generator: generator);
        (Tensor q, Tensor r) = linalg.qr(normal);

        // Signs from R's diagonal make all orthogonal matrices equally likely.
        Tensor unique = q.mul_(r.diagonal().sign());
        return (rows < columns ? unique.t() : unique).contiguous().reshape(sizes).Scale(Gain);
    }
}
