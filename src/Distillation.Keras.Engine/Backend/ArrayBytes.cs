using System.IO.Hashing;
using NumSharp;

namespace Distillation.Keras.Backend;

/// <summary>Moves raw bytes between streams and the memory of an <see cref="NDArray"/>, in bulk.</summary>
internal static unsafe class ArrayBytes
{
    /// <summary>The most bytes that a data file may unpack to: 2 GiB, forty times MNIST. More is taken for a damaged header.</summary>
    public const long Limit = 1L << 31;

    /// <summary>Deflate packs at most 1,032 bytes into one, so a header that promises more than that lies.</summary>
    public const long LargestDeflateRatio = 1032;

    private const int Chunk = 1 << 20;

    /// <summary>
    /// The number of values of an array with these dimensions, or -1 where one is negative or all of them together,
    /// at <paramref name="itemSize"/> bytes each, are more than <see cref="Limit"/>.
    /// </summary>
    public static long CountOf(ReadOnlySpan<long> dimensions, int itemSize)
    {
        long limit = Limit / itemSize;
        long count = 1L;
        foreach (long dimension in dimensions)
        {
            // A zero anywhere makes the array empty, but must not hide an absurd dimension beside it.
            if (dimension < 0 || dimension > limit)
            {
                return -1;
            }

            count = Math.Min(count, limit) * dimension;
            if (count > limit)
            {
                return -1;
            }
        }

        return count;
    }

    /// <summary>Fills <paramref name="buffer"/>, or as much of it as the stream has. Returns the bytes read.</summary>
    /// <param name="stream">The stream, which may be one that unpacks.</param>
    /// <param name="buffer">Where to.</param>
    /// <param name="fault">Makes the exception, from what is wrong and the cause, where the packing is damaged.</param>
    public static int Read(Stream stream, Span<byte> buffer, Func<string, Exception?, InvalidDataException> fault)
    {
        try
        {
            return stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException e)
        {
            throw fault("its packing is damaged", e);
        }
    }

    /// <summary>Fills the array, or as much of it as the stream has. Returns the bytes read.</summary>
    public static long Fill(Stream stream, NDArray array, Func<string, Exception?, InvalidDataException> fault)
    {
        byte* address = (byte*)array.Unsafe.Address;
        long length = array.size * array.itemsize;
        long done = 0L;
        int asked,
            read;
        do
        {
            asked = (int)Math.Min(Chunk, length - done);
            read = Read(stream, new Span<byte>(address + done, asked), fault);
            done += read;
        } while (done < length && read == asked);
        GC.KeepAlive(array);
        return done;
    }

    /// <summary>Takes the bytes of a contiguous array into a checksum.</summary>
    public static void AppendTo(NonCryptographicHashAlgorithm checksum, NDArray array)
    {
        byte* address = (byte*)array.Unsafe.Address;
        long length = array.size * array.itemsize;
        for (long done = 0L; done < length; done += Chunk)
        {
            checksum.Append(new ReadOnlySpan<byte>(address + done, (int)Math.Min(Chunk, length - done)));
        }

        GC.KeepAlive(array);
    }

    /// <summary>The array's own memory, for bulk copies. It must be contiguous, smaller than 2 GiB, and kept alive by the caller.</summary>
    public static Span<T> Span<T>(NDArray array)
        where T : unmanaged => array.size == 0 ? [] : new(array.Unsafe.Address, checked((int)array.size));
}
