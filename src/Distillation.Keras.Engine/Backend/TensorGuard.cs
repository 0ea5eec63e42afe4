using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Backend;

/// <summary>Refuses tensors from outside that the library cannot compute with, in words rather than in libtorch's.</summary>
internal static class TensorGuard
{
    /// <summary>Refuses a tensor that was disposed.</summary>
    /// <exception cref="ObjectDisposedException">It was.</exception>
    public static Tensor Alive(Tensor tensor) => !tensor.IsInvalid
        ? tensor
        : throw new ObjectDisposedException(nameof(Tensor), "A tensor was given that is disposed. Dispose it after its last use; one that was made in a dispose scope ends with it unless it is moved out (MoveToOuterDisposeScope).");

    /// <summary>Refuses a tensor that is disposed, or holds complex numbers.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    /// <exception cref="ArgumentException">It is complex.</exception>
    public static Tensor Real(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return !Alive(x).is_complex() ? x : throw new ArgumentException("A tensor of real numbers is needed, but this one is complex. Give the real and the imaginary part (x.real, x.imag) as numbers of their own.", nameof(x));
    }

    /// <summary>Refuses a tensor that is disposed, or does not hold floating-point numbers.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    /// <exception cref="ArgumentException">It is of another type.</exception>
    public static Tensor Floating(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Alive(x).is_floating_point() ? x : throw new ArgumentException($"A floating-point tensor is needed, but its type is {x.dtype}. Call x.to(torch.float32) first.", nameof(x));
    }

    /// <summary>Refuses a tensor that is disposed, or that does not hold plain real numbers in main memory.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    /// <exception cref="ArgumentException">It is complex, quantized, sparse or elsewhere.</exception>
    public static Tensor Data(Tensor tensor)
    {
        string? found = Alive(tensor).dtype switch
        {
            ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64 => "complex. Give the real and the imaginary part (tensor.real, tensor.imag) as numbers of their own",
            ScalarType.QInt8 or ScalarType.QUInt8 or ScalarType.QInt32 => "quantized. Call dequantize() first",
            _ when tensor.is_sparse => "sparse. Call to_dense() first",
            _ when tensor.device_type != DeviceType.CPU => $"on the device {tensor.device}. Call cpu() first",
            _ => null,
        };
        return found is null ? tensor : throw new ArgumentException($"Tensors hold real numbers, densely and in main memory, but one was given that is {found}.", nameof(tensor));
    }
}
