using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>Features as vectors, one a sample.</summary>
internal static class Vectors
{
    // Shorter vectors count as zero: 1e-12, squared.
    private const double ZeroSquared = 1e-24;

    /// <summary>One row a sample: (batch, ...) becomes (batch, width).</summary>
    public static Tensor Rows(Tensor feature) => feature.dim() == 1 ? feature.unsqueeze(1) : feature.flatten(1);

    /// <summary>
    /// Vectors along the last axis, divided by their length. A vector of zeros stays so and gets no gradient: it has no direction.
    /// </summary>
    /// <param name="x">(..., width).</param>
    /// <param name="epsilon">What is added to the length before.</param>
    public static Tensor Unit(Tensor x, double epsilon = 0)
    {
        Tensor squared = x.Squared().sum(-1, keepdim: true);
        Tensor isZero = squared.IsAtMost(ZeroSquared);

        // Replaced before the root, whose gradient at 0 is infinite.
        Tensor length = where(isZero, ones_like(squared), squared).sqrt();
        return where(isZero, zeros_like(x), x) / (epsilon == 0 ? length : length.Plus(epsilon));
    }

    /// <summary>The scalar products of all pairs of rows, (batch, batch).</summary>
    public static Tensor Products(Tensor rows) => rows.matmul(rows.transpose(0, 1));
}
