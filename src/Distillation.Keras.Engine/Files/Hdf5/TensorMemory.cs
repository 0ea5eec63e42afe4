using System.Buffers;
using static TorchSharp.torch;

namespace Distillation.Keras.Files.Hdf5;

/// <summary>The values of a contiguous tensor on the host, as memory, without a copy. The tensor must outlive it.</summary>
/// <typeparam name="T">The type of its values.</typeparam>
/// <param name="tensor">The tensor.</param>
internal sealed unsafe class TensorMemory<T>(Tensor tensor) : MemoryManager<T>
    where T : unmanaged
{
    private readonly int _length = checked((int)(tensor.numel() * tensor.element_size() / sizeof(T)));

    public override Span<T> GetSpan()
    {
        Span<byte> bytes = _length == 0 ? [] : tensor.bytes;
        return System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(bytes);
    }

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        fixed (T* start = GetSpan())
        {
            // It is native memory, which does not move.
            return new MemoryHandle(start + elementIndex);
        }
    }

    public override void Unpin() { }

    protected override void Dispose(bool disposing) { }
}
