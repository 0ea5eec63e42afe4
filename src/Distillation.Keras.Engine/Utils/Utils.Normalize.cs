using Distillation.Keras.Backend;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <content>Normalising arrays.</content>
public static partial class Utils
{
    /// <summary>Divides the vectors along an axis by their norm; a vector of zeros stays what it is.</summary>
    /// <param name="x">An array of numbers. With one axis it is one vector, and the result has the shape (1, n), as in Keras.</param>
    /// <param name="axis">The axis along which the vectors lie; negative ones count from the end, -1 by default.</param>
    /// <param name="order">
    /// The order of the norm: 2 by default, 1 is the sum of sizes, infinity the largest size, 0 how many entries are not 0.
    /// </param>
    /// <returns>A new array, float64 for integers, which the caller disposes.</returns>
    /// <exception cref="ArgumentException">The array is empty or holds no numbers, or <paramref name="order"/> is NaN.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed.</exception>
    /// <remarks>
    /// Keras divides along the last axis where 0 is given, which is refused by its arrays unless they are square. Source:
    /// <c>keras/src/utils/numerical_utils.py</c>.
    /// </remarks>
    public static NDArray Normalize(NDArray x, int axis = -1, double order = 2)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (double.IsNaN(order))
        {
            throw new ArgumentException("The order of a norm is a number, but it is NaN.", nameof(order));
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor given = TensorConversion.ToTensor(x);
        int rank = (int)given.dim();
        if (rank == 0 || given.numel() == 0)
        {
            throw new ArgumentException($"Vectors are needed, but the array has the shape {Shape.FromSizes(given.shape)}.", nameof(x));
        }

        if (axis < -rank || axis >= rank)
        {
            throw new ArgumentOutOfRangeException(
                nameof(axis),
                axis,
                Invariant($"The axis is from {-rank} to below {rank} for an array with {rank} axes.")
            );
        }

        Tensor values = given.is_floating_point() ? given : given.to(ScalarType.Float64);
        Tensor sizes = values.abs();
        Tensor norm = order switch
        {
            double.PositiveInfinity => sizes.amax([axis], keepdim: true),
            double.NegativeInfinity => sizes.amin([axis], keepdim: true),
            0 => sizes.IsAbove(0).to(values.dtype).sum(axis, keepdim: true),
            1 => sizes.sum(axis, keepdim: true),
            2 => sizes.Squared().sum(axis, keepdim: true).sqrt(),
            _ => sizes.ToThePower(order).sum(axis, keepdim: true).ToThePower(1 / order),
        };
        Tensor result = values.div(norm.Replaced(norm.Is(0), 1));
        return TensorConversion.ToNDArray(rank == 1 ? result.unsqueeze(0) : result);
    }
}
