using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Constraints;

/// <summary>Brings the Euclidean norm of the weights that enter a unit between two bounds, or part of the way.</summary>
/// <remarks>
/// Immutable and thread-safe. A norm of 0 stays 0. Mind that the default axis suits a dense kernel; for a convolution's give
/// <c>axis: (0, 1, 2)</c>. Source: <c>keras/src/constraints/constraints.py</c>.
/// </remarks>
[ConfigNull("axis", "\"all\"", IsWritten = true)]
public sealed class MinMaxNorm : Constraint
{
    /// <inheritdoc cref="MinMaxNorm" path="/summary"/>
    /// <param name="min_value">The smallest norm.</param>
    /// <param name="max_value">The largest norm, not negative; infinity is none.</param>
    /// <param name="rate">Which part of the way a norm outside goes at a time: from 0 (none) to 1 (all of it).</param>
    /// <param name="axis">
    /// What the norms are taken over; by default axis 0. <see cref="Axes.All"/>, Keras' None: one norm of the whole weight.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A number is out of its range, or <paramref name="min_value"/> is above <paramref name="max_value"/>.
    /// </exception>
    public MinMaxNorm(double min_value = 0.0, double max_value = 1.0, double rate = 1.0, Axes? axis = null)
    {
        MinValue = Arguments.Finite(min_value);
        MaxValue = double.IsPositiveInfinity(max_value) ? max_value : Arguments.NotNegative(max_value);
        Rate = Arguments.Fraction(rate);
        if (min_value > max_value)
        {
            throw new ArgumentException(
                Invariant(
                    $"The smallest norm of MinMaxNorm is not above the largest, but min_value is {min_value} and max_value is {max_value}."
                )
            );
        }

        Axis = axis ?? new Axes(0);
    }

    /// <summary>The smallest norm.</summary>
    public double MinValue { get; }

    /// <summary>The largest norm.</summary>
    public double MaxValue { get; }

    /// <summary>Which part of the way a norm outside goes.</summary>
    public double Rate { get; }

    /// <summary>What the norms are taken over.</summary>
    public Axes Axis { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The weight does not have the axis.</exception>
    public override Tensor Call(Tensor weight)
    {
        TensorGuard.Floating(weight);
        using IDisposable still = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor norms = Norms.Of(weight, Axis, nameof(MinMaxNorm));
        Tensor desired = norms.Between(MinValue, MaxValue);
        if (Rate != 1)
        {
            desired.Scale(Rate).AddScaled(norms, 1 - Rate);
        }

        return Norms.Rescale(weight, norms, desired).MoveToOuterDisposeScope();
    }
}
