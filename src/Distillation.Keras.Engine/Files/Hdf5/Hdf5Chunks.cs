namespace Distillation.Keras.Files.Hdf5;

/// <summary>A dataset that is written in parts of one shape, each at its own address.</summary>
/// <param name="source">The file.</param>
/// <param name="shape">The dataset's shape.</param>
/// <param name="chunk">The shape of a part.</param>
/// <param name="valueSize">How many bytes a value takes.</param>
/// <param name="filters">What the parts went through.</param>
/// <param name="what">The dataset, for messages.</param>
internal sealed class Hdf5Chunks(Hdf5Source source, long[] shape, long[] chunk, int valueSize, Hdf5Filter[] filters, string what)
{
    private const int DeepestTree = 16;

    private readonly List<(long[] Start, ulong Address, ulong Size, uint Skipped)> _chunks = [];

    /// <summary>How many bytes the parts take in the file.</summary>
    public ulong StoredBytes => _chunks.Aggregate(0UL, (sum, c) => sum + c.Size);

    /// <summary>Adds a part.</summary>
    public void Add(long[] start, ulong address, ulong size, uint skipped)
    {
        source.Position(address, size, what);
        _chunks.Add((start, address, size, skipped));
    }

    /// <summary>Finds the parts by a tree of their places.</summary>
    /// <remarks>Source: section III.A.1 of the HDF5 file format specification, version 3.0.</remarks>
    public void ReadTree(ulong address, int depth = DeepestTree)
    {
        Hdf5Bytes head = source.Read(address, (ulong)(8 + (2 * source.AddressSize)), what);
        head.Expect("TREE");
        byte type = head.U8();
        byte level = head.U8();
        int count = head.U16();
        if (type != 1 || level > depth)
        {
            throw head.Fault(Invariant($"a node of its tree has the type {type} and the level {level}"));
        }

        int keySize = 8 + (8 * (shape.Length + 1));
        Hdf5Bytes entries = source.Read(
            address + (ulong)head.All.Length,
            (ulong)((count * (keySize + source.AddressSize)) + keySize),
            what
        );
        for (int i = 0; i < count; i++)
        {
            uint size = entries.U32();
            uint skipped = entries.U32();
            long[] start = new long[shape.Length];
            for (int d = 0; d < start.Length; d++)
            {
                ulong at = entries.U64();
                start[d] =
                    at < (ulong)shape[d] && at % (ulong)chunk[d] == 0 ? (long)at : throw entries.Fault("a part of it lies beside it");
            }

            entries.Skip(8);
            ulong child = entries.Address() ?? throw entries.Fault("a part of it is nowhere");
            if (level > 0)
            {
                ReadTree(child, level - 1);
            }
            else
            {
                Add(start, child, size, skipped);
            }
        }
    }

    /// <summary>All values; those of parts that were never written are zero.</summary>
    public byte[] Read(int size)
    {
        byte[] values = new byte[size];
        int chunkSize = checked((int)Hdf5Shape.Bytes(chunk, valueSize));
        foreach ((long[] start, ulong address, ulong stored, uint skipped) in _chunks)
        {
            byte[] part = new byte[stored];
            source.ReadValues(address, part, what);
            for (int i = filters.Length - 1; i >= 0; i--)
            {
                part = (skipped >> i & 1) == 0 ? filters[i].Undo(part, SizeBefore(i, chunkSize), what) : part;
            }

            Copy(part.Length == chunkSize ? part : throw Hdf5Source.Fault(what, "a part of it has the wrong size"), start, values);
        }

        return values;
    }

    // A checksum in front of another filter is part of what that one packed.
    private int SizeBefore(int filter, int chunkSize) =>
        chunkSize + (4 * filters.Take(filter).Count(f => f.LargestRatio == 1 && f.Id == 3));

    private void Copy(byte[] part, long[] start, byte[] values)
    {
        int rank = shape.Length;
        long run = Math.Min(chunk[rank - 1], shape[rank - 1] - start[rank - 1]) * valueSize;
        long[] at = new long[rank];
        while (true)
        {
            (long from, long to) = (0, 0);
            for (int d = 0; d < rank; d++)
            {
                from = (from * chunk[d]) + at[d];
                to = (to * shape[d]) + start[d] + at[d];
            }

            part.AsSpan((int)(from * valueSize), (int)run).CopyTo(values.AsSpan((int)(to * valueSize)));
            int next = rank - 2;
            while (next >= 0 && ++at[next] >= Math.Min(chunk[next], shape[next] - start[next]))
            {
                at[next--] = 0;
            }

            if (next < 0)
            {
                return;
            }
        }
    }
}
