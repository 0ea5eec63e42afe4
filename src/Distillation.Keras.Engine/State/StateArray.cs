using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.State;

/// <summary>One array of a <see cref="FitState"/>, in managed memory.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class StateArray
{
    private readonly byte[] _bytes;

    /// <summary>Keeps a copy of the bytes.</summary>
    /// <param name="elementType">The type of its elements.</param>
    /// <param name="shape">Its shape; empty for a single value.</param>
    /// <param name="bytes">Its elements in row-major order, little-endian.</param>
    /// <exception cref="ArgumentException">There are more or fewer bytes than the shape has, or a size is negative.</exception>
    public StateArray(ScalarType elementType, IReadOnlyList<long> shape, ReadOnlySpan<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ElementType = elementType;
        Sizes = [.. shape];
        if (Sizes.Any(s => s < 0))
        {
            throw new ArgumentException(
                $"The sizes of an array are not negative, but its shape is ({string.Join(", ", Sizes)}).",
                nameof(shape)
            );
        }

        // As a number that cannot overflow.
        double wanted = Sizes.Aggregate((double)SizeOf(elementType), (a, b) => a * b);
        if (wanted != bytes.Length)
        {
            throw new ArgumentException(
                Invariant(
                    $"An array of {elementType} of the shape ({string.Join(", ", Sizes)}) has {wanted} bytes, but "
                        + $"{bytes.Length} were given."
                ),
                nameof(bytes)
            );
        }

        _bytes = bytes.ToArray();
    }

    /// <summary>The type of its elements.</summary>
    public ScalarType ElementType { get; }

    /// <summary>Its shape.</summary>
    public IReadOnlyList<long> Sizes { get; }

    /// <summary>Its elements in row-major order, little-endian.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>How many bytes an element has.</summary>
    internal static long SizeOf(ScalarType type) => (long)SystemMemory.SizeOf(type);

    /// <summary>A copy of a tensor's values.</summary>
    internal static StateArray Of(Tensor tensor)
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor values = tensor.detach().cpu().contiguous();
        return new StateArray(values.dtype, values.shape, values.numel() == 0 ? [] : values.bytes);
    }

    /// <summary>A new tensor of the values, in the host's memory and in the dispose scope that is open.</summary>
    internal Tensor ToTensor()
    {
        Tensor values = empty([.. Sizes], ElementType, CPU);
        if (_bytes.Length > 0)
        {
            _bytes.CopyTo(values.bytes);
        }

        return values;
    }
}
