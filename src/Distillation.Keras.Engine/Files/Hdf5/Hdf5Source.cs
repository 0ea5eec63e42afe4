namespace Distillation.Keras.Files.Hdf5;

/// <summary>The bytes of an HDF5 file, by address. What lies behind its end, and reading far more than it holds, is refused.</summary>
/// <param name="stream">The file, which can seek.</param>
internal sealed class Hdf5Source(Stream stream)
{
    // Structures are read once each, but some by several owners. A file that leads in circles would have them read without an end.
    private long _structureBytesLeft = Math.Max(1 << 20, 8 * stream.Length);

    public int AddressSize { get; set; } = 8;

    public int LengthSize { get; set; } = 8;

    /// <summary>Where address zero is: behind a user block.</summary>
    public long Base { get; set; }

    public long Length => stream.Length;

    /// <summary>A part of the structure.</summary>
    /// <param name="address">Where it begins.</param>
    /// <param name="count">Its size in bytes.</param>
    /// <param name="what">What it is, for messages.</param>
    public Hdf5Bytes Read(ulong address, ulong count, string what)
    {
        long position = Position(address, count, what);
        if (count > (ulong)Array.MaxLength)
        {
            throw Fault(what, Invariant($"a part of its structure has {count} bytes"));
        }

        _structureBytesLeft -= Math.Max(64, (long)count);
        if (_structureBytesLeft < 0)
        {
            throw Fault(what, "the file's structures lead in circles: they were read again and again");
        }

        byte[] bytes = new byte[count];
        stream.Position = position;
        stream.ReadExactly(bytes);
        return new Hdf5Bytes(bytes, this, what);
    }

    /// <summary>As much of a structure of unknown size as there is, up to <paramref name="most"/> bytes.</summary>
    public Hdf5Bytes ReadUpTo(ulong address, ulong most, string what)
    {
        Position(address, 0, what);
        return Read(address, Math.Min(most, (ulong)(Length - Base) - address), what);
    }

    /// <summary>Reads values.</summary>
    public void ReadValues(ulong address, Span<byte> values, string what)
    {
        stream.Position = Position(address, (ulong)values.Length, what);
        stream.ReadExactly(values);
    }

    /// <summary>Refuses a part that does not lie in the file.</summary>
    public long Position(ulong address, ulong count, string what)
    {
        ulong end = (ulong)(Length - Base);
        return address <= end && count <= end - address
            ? Base + (long)address
            : throw Fault(what, Invariant($"{count} bytes at {address} are behind the end of the file, which has {end}"));
    }

    /// <summary>Where a file begins as HDF5 files do: at once, or behind a user block; <see langword="null"/> where it does not.</summary>
    public static long? Signature(Stream file)
    {
        ReadOnlySpan<byte> signature = [0x89, .. "HDF\r\n\u001A\n"u8];
        Span<byte> found = stackalloc byte[8];
        for (long at = 0; at + found.Length <= file.Length; at = at == 0 ? 512 : 2 * at)
        {
            file.Position = at;
            file.ReadExactly(found);
            if (found.SequenceEqual(signature))
            {
                return at;
            }
        }

        return null;
    }

    public static ModelFormatException Fault(string what, string reason) =>
        new($"{what} of the HDF5 file is damaged or of a kind that is not read: {reason}.");
}
