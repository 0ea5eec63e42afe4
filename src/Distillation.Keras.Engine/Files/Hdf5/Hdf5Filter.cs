using System.Buffers.Binary;
using System.IO.Compression;

namespace Distillation.Keras.Files.Hdf5;

/// <summary>What the chunks of a dataset went through before they were written, undone from the last to the first.</summary>
/// <param name="Id">HDF5's number of the filter.</param>
/// <param name="Argument">Its first argument: the size of a value for the one that sorts bytes.</param>
/// <remarks>Source: section IV.A.2.l of the HDF5 file format specification, version 3.0.</remarks>
internal sealed record Hdf5Filter(int Id, uint Argument)
{
    private const int Deflate = 1,
        Shuffle = 2,
        Fletcher32 = 3,
        Lzf = 32000;

    // A chunk says in so many bits which ones it did not go through.
    private const int Most = 32;

    public static Hdf5Filter[] Read(Hdf5Bytes message)
    {
        byte version = message.Version(1, 2);
        int count = message.U8();
        if (count > Most)
        {
            throw message.Fault(Invariant($"{count} filters are more than the {Most} that there can be"));
        }

        message.Skip(version == 1 ? 6 : 0);
        var filters = new Hdf5Filter[count];
        for (int i = 0; i < count; i++)
        {
            int id = message.U16();
            int nameSize = version == 1 || id >= 256 ? message.U16() : 0;
            message.Skip(2);
            int arguments = message.U16();
            message.Skip(version == 1 ? (nameSize + 7) / 8 * 8 : nameSize);
            uint first = arguments > 0 ? message.U32() : 0;
            message.Skip(4 * (Math.Max(1, arguments) - 1));
            message.Skip(version == 1 && arguments % 2 != 0 ? 4 : 0);
            filters[i] = id is Deflate or Shuffle or Fletcher32 or Lzf
                ? new Hdf5Filter(id, first)
                : throw message.Fault(Invariant($"the filter {id} is not known. Write the file without it: gzip, lzf and none are read"));
        }

        return filters;
    }

    /// <summary>The most bytes that one byte in the file can stand for.</summary>
    public long LargestRatio =>
        Id switch
        {
            Deflate => Backend.ArrayBytes.LargestDeflateRatio,
            Lzf => 264 / 3,
            _ => 1,
        };

    /// <summary>How many bytes it adds.</summary>
    public int AddedBytes => Id == Fletcher32 ? 4 : 0;

    /// <summary>What was given to the filter.</summary>
    /// <param name="bytes">What came out of it.</param>
    /// <param name="size">How large the values of a chunk are, which is as much as may come out.</param>
    /// <param name="what">The dataset, for messages.</param>
    public byte[] Undo(byte[] bytes, int size, string what) =>
        Id switch
        {
            Deflate => Inflate(bytes, size, what),
            Shuffle => Sort(bytes),
            Fletcher32 => Check(bytes, what),
            _ => UndoLzf(bytes, size, what),
        };

    private static byte[] Inflate(byte[] bytes, int size, string what)
    {
        byte[] values = new byte[size];
        try
        {
            using var packed = new ZLibStream(new MemoryStream(bytes), CompressionMode.Decompress);
            packed.ReadExactly(values);
            return packed.ReadByte() < 0 ? values : throw Hdf5Source.Fault(what, "a packed part of it is larger than it should be");
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw Hdf5Source.Fault(what, "a packed part of it cannot be unpacked");
        }
    }

    // First all first bytes of the values, then all second ones, ..., and at the end what is no whole value.
    private byte[] Sort(byte[] bytes)
    {
        int size = (int)Math.Clamp(Argument, 1, (uint)Math.Max(1, bytes.Length));
        int count = bytes.Length / size;
        byte[] values = (byte[])bytes.Clone();
        for (int place = 0; place < size; place++)
        {
            ReadOnlySpan<byte> from = bytes.AsSpan(place * count, count);
            for (int i = 0; i < from.Length; i++)
            {
                values[(i * size) + place] = from[i];
            }
        }

        return values;
    }

    private static byte[] Check(byte[] bytes, string what)
    {
        if (bytes.Length < 4)
        {
            throw Hdf5Source.Fault(what, "a part of it is too short for its checksum");
        }

        byte[] values = bytes[..^4];
        uint low = 0,
            high = 0;
        for (int i = 0; i < values.Length; i += 2)
        {
            // An odd last byte is the upper half of a number.
            low += i + 1 < values.Length ? BinaryPrimitives.ReadUInt16BigEndian(values.AsSpan(i)) : (uint)values[i] << 8;
            low %= 65535;
            high = (high + low) % 65535;
        }

        uint stored = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(bytes.Length - 4));
        return Same(stored & 0xFFFF, low) && Same(stored >> 16, high)
            ? values
            : throw Hdf5Source.Fault(what, "the checksum of a part of it does not fit");

        // In such arithmetic 0 and 65535 are one number.
        static bool Same(uint a, uint b) => a % 65535 == b % 65535;
    }

    // Runs of bytes as they are, and references to bytes before.
    private static byte[] UndoLzf(byte[] bytes, int size, string what)
    {
        byte[] values = new byte[size];
        int to = 0;
        try
        {
            for (int from = 0; from < bytes.Length; )
            {
                int control = bytes[from++];
                if (control < 32)
                {
                    bytes.AsSpan(from, control + 1).CopyTo(values.AsSpan(to));
                    from += control + 1;
                    to += control + 1;
                    continue;
                }

                int length = control >> 5;
                length += length == 7 ? bytes[from++] : 0;
                int back = to - ((control & 0x1F) << 8) - bytes[from++] - 1;
                for (int i = 0; i < length + 2; i++)
                {
                    values[to++] = values[back++];
                }
            }
        }
        catch (Exception e) when (e is IndexOutOfRangeException or ArgumentException)
        {
            throw Hdf5Source.Fault(what, "a packed part of it cannot be unpacked");
        }

        return to == size ? values : throw Hdf5Source.Fault(what, "a packed part of it is smaller than it should be");
    }
}
