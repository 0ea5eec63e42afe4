using System.Numerics;

namespace Distillation.Keras.Files.Hdf5;

/// <summary>
/// Messages that are too many for an object header: a heap that holds them, and a tree of their places in it. Written by
/// <c>h5py.File(libver="latest")</c>.
/// </summary>
/// <remarks>Source: sections III.A.2 and III.G of the HDF5 file format specification, version 3.0.</remarks>
internal sealed class Hdf5Dense
{
    private const int LinkNames = 5;
    private const int AttributeNames = 8;

    private readonly Hdf5Source _source;
    private readonly string _what;
    private readonly int _width;
    private readonly ulong _start;
    private readonly ulong _largestDirect;
    private readonly int _offsetSize;
    private readonly int _lengthSize;
    private readonly bool _hasChecksums;
    private readonly List<(ulong Offset, ulong Address, ulong Size)> _blocks = [];

    private Hdf5Dense(Hdf5Source source, ulong address, string what)
    {
        (_source, _what) = (source, what);
        Hdf5Bytes head = source.Read(address, (ulong)(26 + (12 * source.LengthSize) + (3 * source.AddressSize)), what);
        head.Expect("FRHP");
        head.Version(0, 0);
        head.Skip(2);
        if (head.U16() != 0)
        {
            throw head.Fault("its heap is packed by filters");
        }

        _hasChecksums = (head.U8() & 2) != 0;
        uint largestObject = head.U32();
        head.Skip((10 * source.LengthSize) + (2 * source.AddressSize));
        _width = head.U16();
        _start = head.Length();
        _largestDirect = head.Length();
        int bits = head.U16();
        head.Skip(2);
        ulong? root = head.Address();
        int rows = head.U16();
        Hdf5Checksum.Verify(head, head.Position + 4);
        _offsetSize = (bits + 7) / 8;
        _lengthSize = Math.Min((BitOperations.Log2(_largestDirect) + 7) / 8, (BitOperations.Log2(largestObject) / 8) + 1);
        if (_width == 0 || _start == 0 || _largestDirect < _start || bits is < 1 or > 64)
        {
            throw head.Fault("its heap has blocks of no size");
        }

        if (root is ulong first)
        {
            if (rows == 0)
            {
                _blocks.Add((0, first, _start));
            }
            else
            {
                ReadBlocks(first, rows);
            }
        }
    }

    /// <summary>The messages of a heap, in the order of a tree.</summary>
    /// <param name="source">The file.</param>
    /// <param name="heap">Where the heap is.</param>
    /// <param name="tree">Where the tree is.</param>
    /// <param name="what">What they are, for messages.</param>
    public static IEnumerable<Hdf5Bytes> Messages(Hdf5Source source, ulong heap, ulong tree, string what)
    {
        var dense = new Hdf5Dense(source, heap, what);
        var records = Hdf5Records.Read(source, tree, what);
        return records.Type is LinkNames or AttributeNames
            ? records.All.Select(r => dense.Message(r, records.Type)).ToList()
            : throw Hdf5Source.Fault(what, Invariant($"their tree has the type {records.Type}"));
    }

    private Hdf5Bytes Message(Hdf5Bytes record, byte type)
    {
        if (type == LinkNames)
        {
            record.Skip(4);
        }

        if ((record.U8() & 0x30) != 0)
        {
            throw record.Fault("one is kept outside of its heap");
        }

        ulong offset = record.Number(_offsetSize);
        ulong length = record.Number(_lengthSize);
        foreach ((ulong start, ulong address, ulong size) in _blocks)
        {
            if (offset >= start && offset - start < size && length <= size - (offset - start))
            {
                return _source.Read(address + (offset - start), length, _what);
            }
        }

        throw record.Fault("one is nowhere");
    }

    // The rows of a heap hold blocks of one size each: the first two of the smallest, then twice as large from row to row.
    private void ReadBlocks(ulong address, int rows)
    {
        int headSize = 5 + _source.AddressSize + _offsetSize;
        int count = rows * _width;
        Hdf5Bytes block = _source.Read(address, (ulong)(headSize + (count * _source.AddressSize) + 4), _what);
        block.Expect("FHIB");
        block.Version(0, 0);
        block.Skip(headSize - 5);
        Hdf5Checksum.Verify(block, block.All.Length);
        ulong offset = 0;
        for (int i = 0; i < count; i++)
        {
            int row = i / _width;
            UInt128 size = (UInt128)_start << Math.Max(0, row - 1);
            if (size > _largestDirect)
            {
                throw block.Fault("its heap is too deep");
            }

            if (block.Address() is ulong direct)
            {
                _blocks.Add((offset, direct, (ulong)size));
            }

            offset += (ulong)size;
        }
    }
}
