using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Constraints;

/// <summary>Scales the weights that enter a unit down where their Euclidean norm is above a maximum (Srivastava et al., 2014).</summary>
/// <remarks>
/// Immutable and thread-safe. Mind that the default axis suits a dense kernel <c>(inputs, units)</c>; for a convolution's kernel
/// <c>(rows, columns, channels, filters)</c> give <c>axis: (0, 1, 2)</c>. Source: <c>keras/src/constraints/constraints.py</c>.
/// </remarks>
[ConfigNull("axis", "\"all\"", IsWritten = true)]
public sealed class MaxNorm : Constraint
{
    /// <inheritdoc cref="MaxNorm" path="/summary"/>
    /// <param name="max_value">
    /// The largest norm. As in Keras a negative one makes all weights 0, and infinity leaves them as they are.
    /// </param>
    /// <param name="axis">
    /// What the norms are taken over; by default axis 0. <see cref="Axes.All"/>, Keras' None: one norm of the whole weight.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="max_value"/> is not a number.</exception>
    public MaxNorm(double max_value = 2, Axes? axis = null)
    {
        MaxValue = double.IsInfinity(max_value) ? max_value : Arguments.Finite(max_value);
        Axis = axis ?? new Axes(0);
    }

    /// <summary>The largest norm.</summary>
    public double MaxValue { get; }

    /// <summary>What the norms are taken over.</summary>
    public Axes Axis { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The weight does not have the axis.</exception>
    public override Tensor Call(Tensor weight)
    {
        TensorGuard.Floating(weight);
        using IDisposable still = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor norms = Norms.Of(weight, Axis, nameof(MaxNorm));
        return Norms.Rescale(weight, norms, norms.AtMost(Math.Max(0, MaxValue))).MoveToOuterDisposeScope();
    }
}
