using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Constraints;

/// <summary>Scales the weights that enter a unit to a Euclidean norm of 1.</summary>
/// <remarks>
/// Immutable and thread-safe. A norm of 0 stays 0. Mind that the default axis suits a dense kernel; for a convolution's give
/// <c>axis: (0, 1, 2)</c>. Source: <c>keras/src/constraints/constraints.py</c>.
/// </remarks>
[ConfigNull("axis", "\"all\"", IsWritten = true)]
public sealed class UnitNorm : Constraint
{
    /// <inheritdoc cref="UnitNorm" path="/summary"/>
    /// <param name="axis">
    /// What the norms are taken over; by default axis 0. <see cref="Axes.All"/>, Keras' None: one norm of the whole weight.
    /// </param>
    public UnitNorm(Axes? axis = null) => Axis = axis ?? new Axes(0);

    /// <summary>What the norms are taken over.</summary>
    public Axes Axis { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The weight does not have the axis.</exception>
    public override Tensor Call(Tensor weight)
    {
        TensorGuard.Floating(weight);
        using IDisposable still = no_grad();
        using DisposeScope scope = NewDisposeScope();
        return (weight / Norms.Of(weight, Axis, nameof(UnitNorm)).Shift(Norms.Epsilon)).MoveToOuterDisposeScope();
    }
}
