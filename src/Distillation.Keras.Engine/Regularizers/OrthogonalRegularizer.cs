using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Regularizers;

/// <summary>
/// The mean of |cosine| over all pairs of rows (or columns) of a matrix, times a factor: it drives them to be orthogonal.
/// </summary>
/// <remarks>
/// Immutable and thread-safe. A row of zeros has the cosine 0 with all others. One row alone has no pair, and the penalty 0.
/// Source: <c>keras/src/regularizers/regularizers.py</c>.
/// </remarks>
public sealed class OrthogonalRegularizer : Regularizer
{
    // Keras divides by at least 1e-7, here below the root.
    private const double SmallestSquare = 1e-14;

    /// <inheritdoc cref="OrthogonalRegularizer" path="/summary"/>
    /// <param name="factor">Its factor, kept as a float32 as in Keras.</param>
    /// <param name="mode"><c>"rows"</c> or <c>"columns"</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is negative or not finite.</exception>
    /// <exception cref="ArgumentException">The mode is not known.</exception>
    public OrthogonalRegularizer(double factor = 0.01, string mode = "rows")
    {
        Factor = (float)Arguments.NotNegative(factor);
        Mode = mode is "rows" or "columns"
            ? mode
            : throw new ArgumentException(
                $"The mode of OrthogonalRegularizer is \"rows\" or \"columns\", but \"{mode}\" was given.",
                nameof(mode)
            );
    }

    /// <summary>The factor of the penalty.</summary>
    public double Factor { get; }

    /// <summary><c>"rows"</c> or <c>"columns"</c>.</summary>
    public string Mode { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="x"/> is not a matrix.</exception>
    public override Tensor Call(Tensor x)
    {
        TensorGuard.Floating(x);
        if (x.dim() != 2)
        {
            throw new ArgumentException(
                $"OrthogonalRegularizer takes a matrix, but a tensor of shape {Shape.FromSizes(x.shape)} was given.",
                nameof(x)
            );
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor rows = Mode == "rows" ? x : x.t();
        Tensor unit = rows * rows.Squared().sum(1, keepdim: true).AtLeast(SmallestSquare).rsqrt();
        double size = rows.shape[0];
        double pairs = Math.Max(1, size * (size - 1) / 2);

        // Above the diagonal is every pair once.
        return matmul(unit, unit.t()).triu(1).abs().sum().Times(Factor / pairs).MoveToOuterDisposeScope();
    }
}
