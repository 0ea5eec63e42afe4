namespace Distillation.Keras.Files.Hdf5;

/// <summary>A dataset that is written in parts of one shape, each at its own address. One part at a time is unpacked.</summary>
/// <param name="source">The file.</param>
/// <param name="shape">The dataset's shape.</param>
/// <param name="chunk">The shape of a part.</param>
/// <param name="valueSize">How many bytes a value takes.</param>
/// <param name="filters">What the parts went through.</param>
/// <param name="what">The dataset, for messages.</param>
internal sealed class Hdf5Chunks(Hdf5Source source, long[] shape, long[] chunk, int valueSize, Hdf5Filter[] filters, string what)
{
    private readonly List<(long[] Start, ulong Address, ulong Size, uint Skipped)> _chunks = [];
    private readonly HashSet<long> _places = [];

    /// <summary>Does something with values that lie one after the other, also in the dataset, from a byte of it on.</summary>
    public delegate void RunAction(long start, ReadOnlySpan<byte> values);

    public long[] Shape => shape;

    public long[] Chunk => chunk;

    /// <summary>Whether the parts went through filters.</summary>
    public bool ArePacked => filters.Length > 0;

    /// <summary>Whether parts that lie partly beside the dataset did not go through the filters.</summary>
    public bool AreEdgesPlain { get; init; }

    /// <summary>How many bytes a part takes when it is unpacked.</summary>
    public ulong UnpackedSize { get; } = Hdf5Shape.Bytes(chunk, valueSize);

    /// <summary>How many bytes the parts take in the file.</summary>
    public ulong StoredBytes { get; private set; }

    /// <summary>Whether all parts were written.</summary>
    public bool AreAll =>
        (UInt128)_chunks.Count == shape.Zip(chunk, CountOf).Aggregate((UInt128)1, (product, count) => product * (ulong)count);

    /// <summary>How many parts there are along a dimension of a size.</summary>
    public static long CountOf(long size, long part) => size == 0 ? 0 : ((size - 1) / part) + 1;

    /// <summary>Adds a part.</summary>
    /// <param name="place">Which one it is, counted along each dimension.</param>
    /// <param name="address">Where it is.</param>
    /// <param name="size">How many bytes it takes there.</param>
    /// <param name="skipped">A bit for each filter that it did not go through.</param>
    public void Add(ReadOnlySpan<ulong> place, ulong address, ulong size, uint skipped)
    {
        long[] start = new long[shape.Length];
        long index = 0;
        bool isWhole = true;
        for (int d = 0; d < start.Length; d++)
        {
            long count = CountOf(shape[d], chunk[d]);
            if (place[d] >= (ulong)count)
            {
                throw Hdf5Source.Fault(what, "a part of it lies beside it");
            }

            start[d] = (long)place[d] * chunk[d];
            index = (index * count) + (long)place[d];
            isWhole &= shape[d] - start[d] >= chunk[d];
        }

        if (!_places.Add(index))
        {
            throw Hdf5Source.Fault(what, "a part of it is there twice");
        }

        skipped |= AreEdgesPlain && !isWhole ? uint.MaxValue : 0;
        source.Position(address, size, what);
        bool isPlain = !Enumerable.Range(0, filters.Length).Any(i => IsUsed(i, skipped));
        if (UnpackedSize > MostOf(size, skipped) || (isPlain && size != UnpackedSize) || size > (ulong)Array.MaxLength)
        {
            throw Hdf5Source.Fault(what, Invariant($"a part of it has {size} bytes, which cannot be {UnpackedSize} when unpacked"));
        }

        StoredBytes += size;
        _chunks.Add((start, address, size, skipped));
    }

    /// <summary>Refuses parts that share bytes of the file, of which a small file could have more than any memory holds.</summary>
    public void RefuseOverlaps()
    {
        _places.Clear();
        _places.TrimExcess();
        _chunks.Sort((a, b) => a.Address.CompareTo(b.Address));
        for (int i = 1; i < _chunks.Count; i++)
        {
            if (_chunks[i].Address - _chunks[i - 1].Address < _chunks[i - 1].Size)
            {
                throw Hdf5Source.Fault(what, "two parts of it share bytes of the file");
            }
        }
    }

    /// <summary>Unpacks the parts that were written, one at a time, and hands on what lies in the dataset.</summary>
    public void Read(RunAction action)
    {
        foreach ((long[] start, ulong address, ulong stored, uint skipped) in _chunks)
        {
            byte[] part = new byte[stored];
            source.ReadValues(address, part, what);
            for (int i = filters.Length - 1; i >= 0; i--)
            {
                part = IsUsed(i, skipped) ? filters[i].Undo(part, SizeBefore(i, skipped), what) : part;
            }

            if ((ulong)part.Length != UnpackedSize)
            {
                throw Hdf5Source.Fault(what, "a part of it has the wrong size");
            }

            ForRuns(part, start, action);
        }
    }

    private static bool IsUsed(int filter, uint skipped) => (skipped >> filter & 1) == 0;

    // How many bytes so many in the file can become at most.
    private UInt128 MostOf(ulong size, uint skipped)
    {
        UInt128 most = size;
        for (int i = 0; i < filters.Length && most < ulong.MaxValue; i++)
        {
            most *= IsUsed(i, skipped) ? (ulong)filters[i].LargestRatio : 1;
        }

        return most;
    }

    // A checksum in front of another filter is part of what that one packed.
    private int SizeBefore(int filter, uint skipped)
    {
        int size = checked((int)UnpackedSize);
        for (int i = 0; i < filter; i++)
        {
            size += IsUsed(i, skipped) ? filters[i].AddedBytes : 0;
        }

        return size;
    }

    private void ForRuns(byte[] part, long[] start, RunAction action)
    {
        // Dimensions that a part has whole lie one after the other in both.
        int axis = shape.Length - 1;
        long inner = valueSize;
        while (axis > 0 && chunk[axis] == shape[axis])
        {
            inner *= shape[axis--];
        }

        int run = (int)(Math.Min(chunk[axis], shape[axis] - start[axis]) * inner);
        long[] at = new long[axis + 1];
        while (true)
        {
            (long from, long to) = (0, 0);
            for (int d = 0; d <= axis; d++)
            {
                from = (from * chunk[d]) + at[d];
                to = (to * shape[d]) + start[d] + at[d];
            }

            action(to * inner, part.AsSpan((int)(from * inner), run));
            int next = axis - 1;
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
