using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using Distillation.Keras.Backend;
using NumSharp;

namespace Distillation.Keras;

/// <summary>
/// Reads IDX files, the format in which MNIST and Fashion-MNIST are published, plain or packed with gzip.
/// Source of the format: the MNIST page of LeCun, Cortes and Burges. Thread-safe.
/// </summary>
/// <remarks>
/// An IDX file is two zero bytes, one byte for the type (8 uint8, 9 int8, 11 int16, 12 int32, 13 float32, 14 float64),
/// one byte for the number of dimensions, each dimension as a big-endian int32, then the values, big-endian, last axis fastest.
/// </remarks>
public static class IdxFile
{
    private const int LargestRank = 16;
    private const int SmallestGzip = 20;

    /// <summary>Reads one file. Whether it is packed is seen from its first bytes, not from its name.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The array, with the dimensions and the type that the header gives. The caller disposes it.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is no IDX file, is cut short or damaged, is longer than its header says, or its header promises more than 2 GiB.
    /// </exception>
    public static NDArray Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileStream file = InputFile.Open(path, "An IDX file");
        return Read(file, path);
    }

    /// <summary>Reads from a stream that can seek and that holds nothing else; <paramref name="name"/> is for messages.</summary>
    internal static NDArray Read(Stream file, string name)
    {
        InvalidDataException Fault(string what, Exception? inner = null) =>
            new($"'{name}' is not a sound IDX file: {what}. Get the file anew.", inner);

        Span<byte> start = stackalloc byte[2];
        bool packed = ArrayBytes.Read(file, start, Fault) == 2 && start is [0x1F, 0x8B];
        if (!packed)
        {
            file.Position = 0;
            return ReadContent(file, new SizeCheck(file.Length, Unpacked: file.Length), Fault);
        }

        if (file.Length < SmallestGzip)
        {
            throw Fault($"it is packed with gzip, and {file.Length} bytes are too few for that");
        }
        // The last four bytes of a gzip file are its unpacked size modulo 2^32.
        // .NET does not check them, and takes a file that lacks them for whole.
        Span<byte> trailer = stackalloc byte[4];
        file.Seek(-trailer.Length, SeekOrigin.End);
        file.ReadExactly(trailer);
        file.Position = 0;
        using var unpacked = new GZipStream(file, CompressionMode.Decompress, leaveOpen: true);
        return ReadContent(unpacked, new SizeCheck(file.Length, BinaryPrimitives.ReadUInt32LittleEndian(trailer)), Fault);
    }

    private static NDArray ReadContent(Stream stream, SizeCheck size, Func<string, Exception?, InvalidDataException> fault)
    {
        Span<byte> head = stackalloc byte[4];
        if (ArrayBytes.Read(stream, head, fault) < 4)
        {
            throw fault("it ends within the first four bytes", null);
        }

        if (head[0] != 0 || head[1] != 0)
        {
            throw fault($"it starts with the bytes {Convert.ToHexString(head)}, and an IDX file starts with two zero bytes", null);
        }

        NPTypeCode type =
            TypeOf(head[2])
            ?? throw fault(
                $"its header says the type 0x{head[2]:X2}, and IDX knows 08 (uint8), 09 (int8), 0B (int16), 0C (int32), "
                    + "0D (float32) and 0E (float64)",
                null
            );
        int itemSize = type.SizeOf();
        int rank = head[3];
        if (rank is 0 or > LargestRank)
        {
            throw fault(Invariant($"its header says {rank} dimensions, and 1 to {LargestRank} can be read"), null);
        }

        int headerLength = 4 + (4 * rank);
        Span<byte> bytes = stackalloc byte[4 * LargestRank];
        bytes = bytes[..(4 * rank)];
        if (ArrayBytes.Read(stream, bytes, fault) < bytes.Length)
        {
            throw fault(Invariant($"it ends within its header of {headerLength} bytes"), null);
        }

        long[] dimensions = new long[rank];
        for (int i = 0; i < rank; i++)
        {
            dimensions[i] = BinaryPrimitives.ReadInt32BigEndian(bytes[(4 * i)..]);
        }

        string shape = string.Join(", ", dimensions);

        // All of this before the memory is asked for: a damaged header must not cost gigabytes.
        long count = ArrayBytes.CountOf(dimensions, itemSize);
        if (count < 0)
        {
            throw fault(
                $"its header says the dimensions ({shape}); none may be negative, "
                    + $"and all together may be {ArrayBytes.Limit} bytes at most",
                null
            );
        }

        long expected = headerLength + (count * itemSize);
        if (size.Refuses(expected))
        {
            throw fault(
                Invariant(
                    $"its header says the dimensions ({shape}), that is {expected} bytes in all, but the file {size.Found}; "
                        + $"it was cut short, or is damaged"
                ),
                null
            );
        }

        var array = new NDArray(type, new NumSharp.Shape(dimensions), false);
        try
        {
            long read = ArrayBytes.Fill(stream, array, fault);
            if (read < count * itemSize)
            {
                throw fault(Invariant($"it ends after {headerLength + read} of {expected} bytes"), null);
            }
            // Reading on until the end also makes the unpacker compare the check sum.
            if (ArrayBytes.Read(stream, head[..1], fault) != 0)
            {
                throw fault(Invariant($"it goes on after the {expected} bytes that its header says"), null);
            }

            SwapBytes(array);
            return array;
        }
        catch
        {
            array.Dispose();
            throw;
        }
    }

    private static NPTypeCode? TypeOf(byte code) =>
        code switch
        {
            0x08 => NPTypeCode.Byte,
            0x09 => NPTypeCode.SByte,
            0x0B => NPTypeCode.Int16,
            0x0C => NPTypeCode.Int32,
            0x0D => NPTypeCode.Single,
            0x0E => NPTypeCode.Double,
            _ => null,
        };

    private static void SwapBytes(NDArray array)
    {
        if (!BitConverter.IsLittleEndian || array.size == 0)
        {
            return;
        }
        // Floats are swapped as the integers of their size: only the bytes' order changes.
        switch (array.itemsize)
        {
            case 2:
                Span<short> shorts = ArrayBytes.Span<short>(array);
                BinaryPrimitives.ReverseEndianness(shorts, shorts);
                break;
            case 4:
                Span<int> ints = ArrayBytes.Span<int>(array);
                BinaryPrimitives.ReverseEndianness(ints, ints);
                break;
            case 8:
                Span<long> longs = ArrayBytes.Span<long>(array);
                BinaryPrimitives.ReverseEndianness(longs, longs);
                break;
        }
    }

    /// <summary>What the file's own length says about the bytes in it.</summary>
    /// <param name="Length">Bytes on disk.</param>
    /// <param name="Unpacked">Bytes of content: exact for a plain file, modulo 2^32 for a packed one.</param>
    private readonly record struct SizeCheck(long Length, long Unpacked)
    {
        public string Found => string.Create(CultureInfo.InvariantCulture, $"has {Unpacked} bytes of content in {Length} bytes on disk");

        public bool Refuses(long expected) => expected != Unpacked || expected > Length * ArrayBytes.LargestDeflateRatio;
    }
}
