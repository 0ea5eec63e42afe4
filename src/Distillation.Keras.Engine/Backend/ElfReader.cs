using System.Buffers.Binary;
using System.Text;

namespace Distillation.Keras.Backend;

/// <summary>
/// Checked reads from the bytes of a 64-bit little-endian ELF file, by the tables that the dynamic loader itself uses (program
/// headers and the dynamic segment; section headers may be stripped). A read outside the file is an <see cref="InvalidDataException"/>.
/// </summary>
/// <remarks>Source: System V ABI, chapters 4 and 5, <c>elf.h</c>.</remarks>
internal readonly ref struct ElfReader
{
    private const int HeaderSize = 64;
    private const int ProgramHeaderSize = 56;
    private const int DynamicEntrySize = 16;
    private const uint LoadSegment = 1;
    private const uint DynamicSegment = 2;

    private readonly ReadOnlySpan<byte> _image;
    private readonly int _programHeaders;
    private readonly int _programHeaderSize;
    private readonly int _programHeaderCount;

    /// <summary>Reads the header. The caller has checked the magic number, the class and the byte order.</summary>
    /// <param name="image">The whole file.</param>
    /// <exception cref="InvalidDataException">The header is cut short or its program headers are not in the file.</exception>
    public ElfReader(ReadOnlySpan<byte> image)
    {
        _image = image;
        if (image.Length < HeaderSize)
        {
            throw new InvalidDataException($"The ELF header is {HeaderSize} bytes, the file has {image.Length}.");
        }

        _programHeaders = ToOffset(BinaryPrimitives.ReadUInt64LittleEndian(image[32..]));
        _programHeaderSize = BinaryPrimitives.ReadUInt16LittleEndian(image[54..]);
        _programHeaderCount = BinaryPrimitives.ReadUInt16LittleEndian(image[56..]);
        if (_programHeaderSize < ProgramHeaderSize)
        {
            throw new InvalidDataException(
                Invariant($"A program header is {ProgramHeaderSize} bytes or more, the file says {_programHeaderSize}.")
            );
        }
    }

    /// <summary>Reads two bytes at a file offset.</summary>
    public ushort UInt16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(At(offset, 2));

    /// <summary>Reads four bytes at a file offset.</summary>
    public uint UInt32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(At(offset, 4));

    /// <summary>Reads eight bytes at a file offset.</summary>
    public ulong UInt64(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(At(offset, 8));

    /// <summary>Reads the zero-terminated name at a file offset.</summary>
    public string Name(int offset)
    {
        ReadOnlySpan<byte> rest = At(offset, 1, toEnd: true);
        int end = rest.IndexOf((byte)0);
        if (end < 0)
        {
            throw new InvalidDataException(Invariant($"The name at offset {offset} has no end."));
        }

        return Encoding.UTF8.GetString(rest[..end]);
    }

    /// <summary>Adds to an offset and checks that the sum lies in the file.</summary>
    public int Offset(int offset, ulong distance) => ToOffset(checked((ulong)offset + Math.Min(distance, int.MaxValue)));

    /// <summary>The value of a tag of the dynamic segment, or null where the tag is not there.</summary>
    public ulong? Dynamic(ulong tag)
    {
        for (int i = 0; i < _programHeaderCount; i++)
        {
            int header = Offset(_programHeaders, (ulong)i * (ulong)_programHeaderSize);
            if (UInt32(header) != DynamicSegment)
            {
                continue;
            }

            int start = ToOffset(UInt64(header + 8));
            ulong count = Math.Min(UInt64(header + 32), (ulong)_image.Length) / DynamicEntrySize;
            for (ulong entry = 0; entry < count; entry++)
            {
                int at = Offset(start, entry * DynamicEntrySize);
                ulong found = UInt64(at);
                if (found == tag)
                {
                    return UInt64(at + 8);
                }

                if (found == 0)
                {
                    return null;
                }
            }
        }
        return null;
    }

    /// <summary>The file offset of the table that a tag of the dynamic segment points at, or null where the tag is not there.</summary>
    public int? DynamicTable(ulong tag) => Dynamic(tag) is { } address ? FileOffset(address) : null;

    /// <summary>The file offset of an address in memory.</summary>
    private int FileOffset(ulong address)
    {
        for (int i = 0; i < _programHeaderCount; i++)
        {
            int header = Offset(_programHeaders, (ulong)i * (ulong)_programHeaderSize);
            if (UInt32(header) != LoadSegment)
            {
                continue;
            }

            ulong start = UInt64(header + 16);
            if (address >= start && address - start < UInt64(header + 32))
            {
                return Offset(ToOffset(UInt64(header + 8)), address - start);
            }
        }
        throw new InvalidDataException($"No segment of the file holds the address 0x{address:x}.");
    }

    private int ToOffset(ulong offset) =>
        offset < (ulong)_image.Length
            ? (int)offset
            : throw new InvalidDataException($"Offset {offset} lies outside of the file, which has {_image.Length} bytes.");

    private ReadOnlySpan<byte> At(int offset, int size, bool toEnd = false)
    {
        if (offset < 0 || offset > _image.Length - size)
        {
            throw new InvalidDataException(
                Invariant($"{size} bytes at offset {offset} lie outside of the file, which has {_image.Length} bytes.")
            );
        }

        return toEnd ? _image[offset..] : _image.Slice(offset, size);
    }
}
