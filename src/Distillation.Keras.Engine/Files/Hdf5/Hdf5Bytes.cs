using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Distillation.Keras.Files.Hdf5;

/// <summary>A part of an HDF5 file's structure, read from its beginning to its end; whatever would go beyond it is refused.</summary>
/// <param name="bytes">The part.</param>
/// <param name="file">The file that it is of, which says how wide addresses and lengths are.</param>
/// <param name="what">What it is, for messages: <c>the object header of /layers</c>.</param>
internal sealed class Hdf5Bytes(ReadOnlyMemory<byte> bytes, Hdf5Source file, string what)
{
    private int _position;

    public int Left => bytes.Length - _position;

    public int Position => _position;

    public ReadOnlySpan<byte> All => bytes.Span;

    public ReadOnlySpan<byte> Rest => bytes.Span[_position..];

    public byte U8() => Take(1)[0];

    public ushort U16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong U64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>An address; <see langword="null"/> for the one that means none.</summary>
    public ulong? Address() => NumberOrNone(file.AddressSize);

    /// <summary>The largest length that there may be; <see langword="null"/> where there is none.</summary>
    public ulong? Limit() => NumberOrNone(file.LengthSize);

    public ulong Length() => Number(file.LengthSize);

    /// <summary>A number of so many bytes, from 1 to 8.</summary>
    public ulong Number(int size)
    {
        ulong value = 0;
        ReadOnlySpan<byte> taken = Take(size);
        for (int i = 0; i < size; i++)
        {
            value |= (ulong)taken[i] << (8 * i);
        }

        return value;
    }

    public void Skip(int count) => Take(count);

    /// <summary>Leaves out what fills a part up to a multiple of eight bytes.</summary>
    public void Align(int start) => Skip((8 - ((_position - start) % 8)) % 8);

    public ReadOnlyMemory<byte> Part(int count)
    {
        Take(count);
        return bytes.Slice(_position - count, count);
    }

    public Hdf5Bytes Of(int count, string part) => new(Part(count), file, part);

    /// <summary>Text of so many bytes, up to a zero in it.</summary>
    public string Text(int count) => Decode(Take(count));

    /// <summary>The same part, from its beginning.</summary>
    public Hdf5Bytes Again() => new(bytes, file, what);

    public void Expect(string signature)
    {
        if (Encoding.Latin1.GetString(Take(signature.Length)) is string found && found != signature)
        {
            throw Fault($"it begins with '{signature}', but found {Shown(found)}");
        }
    }

    /// <summary>Reads a version, which is one of those that are known.</summary>
    public byte Version(byte lowest, byte highest)
    {
        byte version = U8();
        return version >= lowest && version <= highest ? version : throw Fault(Invariant($"its version {version} is not known"));
    }

    public ModelFormatException Fault(string reason) => Hdf5Source.Fault(what, reason);

    public static string Decode(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? text : text[..end]);
    }

    private ulong? NumberOrNone(int size)
    {
        ulong value = Number(size);
        return value == ulong.MaxValue >> (64 - (8 * size)) ? null : value;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > Left)
        {
            throw Fault(Invariant($"it ends within a value: {count} bytes are needed, {Left} are left"));
        }

        _position += count;
        return bytes.Span.Slice(_position - count, count);
    }

    private static string Shown(string found) => string.Join(' ', found.Select(c => ((int)c).ToString("X2", CultureInfo.InvariantCulture)));
}
