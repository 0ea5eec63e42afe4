using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Backend;

/// <summary>
/// Refuses tensors from outside that the library cannot compute with, in words rather than in libtorch's. They name the parameter of the
/// caller, unless another is given.
/// </summary>
internal static class TensorGuard
{
    /// <summary>Refuses a tensor that was disposed.</summary>
    /// <exception cref="ObjectDisposedException">It was.</exception>
    public static Tensor Alive(Tensor tensor) =>
        !tensor.IsInvalid
            ? tensor
            : throw new ObjectDisposedException(
                nameof(Tensor),
                "A tensor was given that is disposed. Dispose it after its last use; one that was made in a dispose scope ends with it "
                    + "unless it is moved out (MoveToOuterDisposeScope)."
            );

    /// <summary>Refuses a tensor that is disposed, or does not hold plain real numbers or booleans.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    /// <exception cref="ArgumentException">It is complex, quantized or sparse.</exception>
    public static Tensor Real(Tensor x, [CallerArgumentExpression(nameof(x))] string? argument = null)
    {
        ArgumentNullException.ThrowIfNull(x, argument);
        return Unfit(Alive(x)) is not string found
            ? x
            : throw new ArgumentException($"A dense tensor of real numbers is needed, but this one is {found}.", argument);
    }

    /// <summary>Refuses a tensor that is disposed, or does not hold plain real numbers; booleans are none.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    /// <exception cref="ArgumentException">It is of another type, or sparse.</exception>
    public static Tensor Numbers(Tensor x, [CallerArgumentExpression(nameof(x))] string? argument = null) =>
        Real(x, argument).dtype != ScalarType.Bool
            ? x
            : throw new ArgumentException(
                "A tensor of numbers is needed, but this one holds booleans. Call x.to(torch.float32) first.",
                argument
            );

    /// <summary>Refuses a tensor that is disposed, or does not hold floating-point numbers, densely.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    /// <exception cref="ArgumentException">It is of another type, or sparse.</exception>
    public static Tensor Floating(Tensor x, [CallerArgumentExpression(nameof(x))] string? argument = null) =>
        Real(x, argument).is_floating_point()
            ? x
            : throw new ArgumentException(
                $"A floating-point tensor is needed, but its type is {x.dtype}. Call x.to(torch.float32) first.",
                argument
            );

    /// <summary>Refuses a tensor that is disposed, or that does not hold plain real numbers in main memory.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    /// <exception cref="ArgumentException">It is complex, quantized, sparse or elsewhere.</exception>
    public static Tensor Data(Tensor tensor, [CallerArgumentExpression(nameof(tensor))] string? argument = null)
    {
        ArgumentNullException.ThrowIfNull(tensor, argument);
        string? found =
            Unfit(Alive(tensor)) ?? (tensor.device_type != DeviceType.CPU ? $"on the device {tensor.device}. Call cpu() first" : null);
        return found is null
            ? tensor
            : throw new ArgumentException(
                $"Tensors hold real numbers, densely and in main memory, but one was given that is {found}.",
                argument
            );
    }

    /// <summary>What keeps a tensor from being dense real numbers or booleans; <see langword="null"/>: nothing does.</summary>
    public static string? Unfit(Tensor tensor) =>
        tensor.dtype switch
        {
            ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64 =>
                "complex, as tensors of strings are too. Give the real and the imaginary part (tensor.real, tensor.imag) as numbers of "
                    + "their own",
            ScalarType.QInt8 or ScalarType.QUInt8 or ScalarType.QInt32 => "quantized. Call dequantize() first",
            _ when tensor.is_sparse => "sparse. Call to_dense() first",
            _ => null,
        };
}
