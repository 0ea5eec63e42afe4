using static TorchSharp.torch;

namespace Distillation.Keras.Files;

/// <summary>
/// The memory of a contiguous tensor on the host, however large, that is filled from a file without a copy. The tensor must outlive it.
/// </summary>
internal readonly unsafe struct TensorBytes
{
    private const int AtOnce = 1 << 26;

    private readonly byte* _start;

    public TensorBytes(Tensor tensor)
    {
        Length = tensor.numel() * tensor.element_size();
        if (Length == 0)
        {
            return;
        }

        // A span counts by an int, so that there is none of all the bytes of a large tensor. They are native memory, which does not move.
        using Tensor flat = tensor.view(-1);
        using Tensor first = flat.narrow(0, 0, 1);
        fixed (byte* start = first.bytes)
        {
            _start = start;
        }
    }

    /// <summary>Does something with a part of the memory that begins at a byte.</summary>
    public delegate void PartAction(long start, Span<byte> part);

    public long Length { get; }

    /// <summary>A part of it.</summary>
    public Span<byte> Part(long start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Length - start);
        return new Span<byte>(_start + start, count);
    }

    /// <summary>Does something with it to its end, part by part.</summary>
    /// <param name="action">Does it.</param>
    /// <param name="atOnce">How large a part is at most: a multiple of the size of a value.</param>
    /// <param name="from">The byte at which the first begins.</param>
    public void ForParts(PartAction action, int atOnce = AtOnce, long from = 0)
    {
        for (long start = from; start < Length; start += atOnce)
        {
            action(start, Part(start, (int)Math.Min(atOnce, Length - start)));
        }
    }
}
