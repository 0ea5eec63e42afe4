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
        Hdf5Bytes head = source.Read(tree, (ulong)(22 + source.AddressSize + source.LengthSize), what);
        head.Expect("BTHD");
        head.Version(0, 0);
        byte type = head.U8();
        uint nodeSize = head.U32();
        int recordSize = head.U16();
        int depth = head.U16();
        head.Skip(2);
        ulong? root = head.Address();
        int count = head.U16();
        Hdf5Checksum.Verify(head, head.All.Length);
        if (type is not (LinkNames or AttributeNames) || depth > 1 || recordSize == 0 || nodeSize < 10 + recordSize)
        {
            throw head.Fault(depth > 1 ? "there are too many of them" : Invariant($"their tree has the type {type}"));
        }

        var records = new List<Hdf5Bytes>();
        if (root is ulong node && count > 0)
        {
            ReadNode(source, node, count, (nodeSize, recordSize), depth, records, what);
        }

        return records.ConvertAll(r => dense.Message(r, type));
    }

    private static void ReadNode(
        Hdf5Source source,
        ulong address,
        int count,
        (uint Node, int Record) size,
        int depth,
        List<Hdf5Bytes> records,
        string what
    )
    {
        Hdf5Bytes node = source.Read(address, size.Node, what);
        node.Expect(depth > 0 ? "BTIN" : "BTLF");
        node.Version(0, 0);
        node.Skip(1);
        for (int i = 0; i < count; i++)
        {
            records.Add(node.Of(size.Record, what));
        }

        var children = new List<(ulong Address, int Count)>();
        int countSize = (BitOperations.Log2(Math.Max(1, (size.Node - 10) / (uint)size.Record)) / 8) + 1;
        for (int i = 0; depth > 0 && i <= count; i++)
        {
            children.Add((node.Address() ?? throw node.Fault("a part of their tree is nowhere"), (int)node.Number(countSize)));
        }

        node.U32();
        Hdf5Checksum.Verify(node, node.Position);
        foreach ((ulong child, int childCount) in children)
        {
            ReadNode(source, child, childCount, size, depth - 1, records, what);
        }
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
