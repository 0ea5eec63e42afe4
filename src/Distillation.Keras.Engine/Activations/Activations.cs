using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <summary>Keras' activation functions on tensors, under Keras' names.</summary>
/// <remarks>
/// Each takes a floating-point tensor of any shape and returns a new tensor of the same shape (<see cref="Glu"/>: half the axis) that the
/// caller owns; gradients flow. The gradient at a kink is TensorFlow-backed Keras'. A layer takes one by its name, <c>activation:
/// "gelu"</c>, with its default arguments, or as <c>new ActivationFunction("my_gelu", x => Activations.Gelu(x, approximate: true))</c>.
/// Source: <c>keras/src/activations/activations.py</c>. Thread-safe.
/// </remarks>
public static partial class Activations
{
    /// <summary>x itself.</summary>
    /// <param name="x">Any tensor.</param>
    /// <returns>The same object as <paramref name="x"/>, not a copy.</returns>
    public static Tensor Linear(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x;
    }

    /// <summary>e to the power of x.</summary>
    /// <param name="x">Any floating-point tensor.</param>
    public static Tensor Exponential(Tensor x) => exp(Real(x));

    /// <summary>The hyperbolic tangent.</summary>
    /// <param name="x">Any floating-point tensor.</param>
    public static Tensor Tanh(Tensor x) => tanh(Real(x));

    private static Tensor Floating(Tensor x) => TensorGuard.Floating(x);

    private static Tensor Real(Tensor x) => TensorGuard.Numbers(x);

    private static int CheckAxis(Tensor x, int axis, string function)
    {
        long rank = x.dim();
        return (axis >= -rank && axis < rank) || (rank == 0 && axis is 0 or -1)
            ? axis
            : throw new ArgumentOutOfRangeException(
                nameof(axis),
                axis,
                Invariant($"The axis of {function} is at least {-rank} and below {rank} for a tensor of shape {Shape.FromSizes(x.shape)}.")
            );
    }
}
