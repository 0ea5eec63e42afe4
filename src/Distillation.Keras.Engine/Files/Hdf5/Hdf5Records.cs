namespace Distillation.Keras.Files.Hdf5;

/// <summary>The records in a tree of version 2.</summary>
/// <param name="Type">What the records are, by HDF5's number.</param>
/// <param name="Size">How many bytes one has.</param>
/// <param name="All">The records.</param>
/// <remarks>Source: section III.A.2 of the HDF5 file format specification, version 3.0.</remarks>
internal sealed record Hdf5Records(byte Type, int Size, IReadOnlyList<Hdf5Bytes> All)
{
    // A node of the smallest size has at least two children.
    private const int DeepestTree = 32;
    private const int NodeOverhead = 10;
    private const int SmallestRecord = 8;

    /// <summary>Reads a tree.</summary>
    /// <param name="source">The file.</param>
    /// <param name="address">Where the tree is.</param>
    /// <param name="what">What it is of, for messages.</param>
    public static Hdf5Records Read(Hdf5Source source, ulong address, string what)
    {
        Hdf5Bytes head = source.Read(address, (ulong)(22 + source.AddressSize + source.LengthSize), what);
        head.Expect("BTHD");
        head.Version(0, 0);
        byte type = head.U8();
        uint nodeSize = head.U32();
        int recordSize = head.U16();
        int depth = head.U16();
        head.Skip(2);
        ulong? root = head.Address();
        int count = head.U16();
        ulong total = head.Length();
        Hdf5Checksum.Verify(head, head.All.Length);
        if (depth > DeepestTree || recordSize < SmallestRecord || nodeSize < NodeOverhead + recordSize)
        {
            throw head.Fault(Invariant($"its tree of depth {depth} has nodes of {nodeSize} and records of {recordSize} bytes"));
        }

        var tree = new Tree(source, nodeSize, recordSize, depth, what);
        if (root is ulong node && count > 0)
        {
            tree.ReadNode(node, count, depth);
        }

        return (ulong)tree.Records.Count == total
            ? new Hdf5Records(type, recordSize, tree.Records)
            : throw head.Fault(Invariant($"its tree should have {total} records, but {tree.Records.Count} were found"));
    }

    private sealed class Tree
    {
        private readonly Hdf5Source _source;
        private readonly ulong _nodeSize;
        private readonly int _recordSize;
        private readonly int _countSize;
        private readonly int[] _totalSizes;
        private readonly string _what;

        public Tree(Hdf5Source source, uint nodeSize, int recordSize, int depth, string what)
        {
            (_source, _nodeSize, _recordSize, _what) = (source, nodeSize, recordSize, what);
            UInt128 most = (nodeSize - NodeOverhead) / (uint)recordSize;
            UInt128 total = most;
            _countSize = Width(most);

            // From the second level on, a pointer to a node has the number of all records below it, too.
            _totalSizes = new int[depth + 1];
            for (int level = 1; level <= depth; level++)
            {
                uint pointer = (uint)(source.AddressSize + _countSize + _totalSizes[level - 1]);
                if (nodeSize < NodeOverhead + pointer)
                {
                    throw Hdf5Source.Fault(what, "the nodes of its tree are too small");
                }

                most = (nodeSize - NodeOverhead - pointer) / ((uint)recordSize + pointer);
                total = (UInt128.Min(total, ulong.MaxValue) * (most + 1)) + most;
                _totalSizes[level] = Width(total);
            }
        }

        public List<Hdf5Bytes> Records { get; } = [];

        public void ReadNode(ulong address, int count, int level)
        {
            Hdf5Bytes node = _source.Read(address, _nodeSize, _what);
            node.Expect(level > 0 ? "BTIN" : "BTLF");
            node.Version(0, 0);
            node.Skip(1);
            for (int i = 0; i < count; i++)
            {
                Records.Add(node.Of(_recordSize, _what));
            }

            var children = new List<(ulong Address, int Count)>();
            for (int i = 0; level > 0 && i <= count; i++)
            {
                ulong child = node.Address() ?? throw node.Fault("a part of its tree is nowhere");
                children.Add((child, (int)Math.Min(node.Number(_countSize), int.MaxValue)));
                node.Skip(_totalSizes[level - 1]);
            }

            node.U32();
            Hdf5Checksum.Verify(node, node.Position);
            foreach ((ulong child, int childCount) in children)
            {
                ReadNode(child, childCount, level - 1);
            }
        }

        // The bytes that a number up to this one takes.
        private static int Width(UInt128 largest) => Math.Min(8, ((int)UInt128.Log2(UInt128.Max(1, largest)) / 8) + 1);
    }
}
