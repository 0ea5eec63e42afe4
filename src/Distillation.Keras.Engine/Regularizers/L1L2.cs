using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Regularizers;

/// <summary>The penalty <c>l1 * sum(|x|) + l2 * sum(x^2)</c>. The gradient of |x| at 0 is 0.</summary>
/// <remarks>Immutable and thread-safe. Source: <c>keras/src/regularizers/regularizers.py</c>.</remarks>
[Identifiers("l1l2")]
public class L1L2 : Regularizer
{
    /// <inheritdoc cref="L1L2" path="/summary"/>
    /// <param name="l1">The factor of the absolute values; <see langword="null"/> is 0.</param>
    /// <param name="l2">The factor of the squares; <see langword="null"/> is 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A factor is negative or not finite.</exception>
    public L1L2(double? l1 = 0.0, double? l2 = 0.0)
    {
        L1 = Arguments.NotNegative(l1 ?? 0, nameof(l1));
        L2 = Arguments.NotNegative(l2 ?? 0, nameof(l2));
    }

    /// <summary>The factor of the absolute values.</summary>
    public double L1 { get; }

    /// <summary>The factor of the squares.</summary>
    public double L2 { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="x"/> does not hold floating-point numbers.</exception>
    public override Tensor Call(Tensor x)
    {
        TensorGuard.Floating(x);
        using DisposeScope scope = NewDisposeScope();
        Tensor? absolute = L1 != 0 || L2 == 0 ? x.abs().sum().Times(L1) : null;
        Tensor? squares = L2 != 0 ? x.Squared().sum().Times(L2) : null;
        return (
            absolute is null ? squares!
            : squares is null ? absolute
            : absolute.Plus(squares)
        ).MoveToOuterDisposeScope();
    }
}
