namespace Distillation.Keras.Files.Hdf5;

/// <summary>Finds the chunks of a dataset by the part of its layout message that is about them.</summary>
/// <remarks>Source: section IV.A.2.i of the HDF5 file format specification, version 3.0.</remarks>
internal sealed class Hdf5ChunkLayout(Hdf5Source source, Hdf5Bytes message, Hdf5Filter[] filters, Hdf5Type type, long[] shape, string path)
{
    private const int SingleChunk = 1,
        Implicit = 2,
        FixedArray = 3,
        ExtensibleArray = 4,
        SecondTree = 5;

    // A chunk is unpacked as a whole.
    private const ulong LargestChunk = 1UL << 30;

    /// <summary>By a layout before version 4. There is one dimension more than the dataset has: the last is the size of a value.</summary>
    public Hdf5Chunks ReadTree(int dimensions)
    {
        ulong? address = message.Address();
        Hdf5Chunks chunks = Of(Sizes(dimensions, 4));
        if (address is ulong tree)
        {
            Hdf5ChunkTree.ReadFirst(source, tree, chunks, path);
        }

        chunks.RefuseOverlaps();
        return chunks;
    }

    /// <summary>By layout version 4.</summary>
    /// <param name="limits">How large the dataset may grow; -1 where there is no limit.</param>
    public Hdf5Chunks ReadNewest(long[] limits)
    {
        byte flags = message.U8();
        int dimensions = message.U8();
        int width = message.U8();
        Hdf5Chunks chunks = Of(Sizes(dimensions, width), areEdgesPlain: (flags & 1) != 0);
        byte index = message.U8();
        (ulong size, uint skipped) = (chunks.UnpackedSize, 0);
        switch (index)
        {
            case SingleChunk when (flags & 2) != 0:
                (size, skipped) = (message.Length(), message.U32());
                break;
            case SingleChunk or Implicit:
                break;
            case FixedArray:
                message.Skip(1);
                break;
            case ExtensibleArray:
                message.Skip(5);
                break;
            case SecondTree:
                message.Skip(6);
                break;
            default:
                throw message.Fault(Invariant($"its chunks are listed in a way ({index}) that is not known"));
        }

        if (message.Address() is not ulong address)
        {
            return chunks;
        }

        switch (index)
        {
            case SingleChunk:
                chunks.Add(new ulong[shape.Length], address, size, skipped);
                break;
            case Implicit:
                AddAll(chunks, address, limits);
                break;
            case FixedArray:
                Hdf5FixedArray.Read(source, address, chunks, limits, path);
                break;
            case ExtensibleArray:
                Hdf5ExtensibleArray.Read(source, address, chunks, limits, path);
                break;
            default:
                Hdf5ChunkTree.ReadSecond(source, address, chunks, path);
                break;
        }

        chunks.RefuseOverlaps();
        return chunks;
    }

    // One after the other, also those that there would be if the dataset were as large as it may grow.
    private void AddAll(Hdf5Chunks chunks, ulong address, long[] limits)
    {
        UInt128 count = 1;
        for (int d = 0; d < limits.Length; d++)
        {
            count *= limits[d] < 0 ? 0 : (ulong)Hdf5Chunks.CountOf(limits[d], chunks.Chunk[d]);
            if (count * chunks.UnpackedSize > (ulong)source.Length)
            {
                throw message.Fault("it has more chunks than the file has room for");
            }
        }

        var entries = new Hdf5ChunkEntries(source, chunks, limits, chunks.ArePacked ? 1 : 0, source.AddressSize, path);
        ulong[] place = new ulong[shape.Length];
        for (ulong i = 0; i < (ulong)count; i++)
        {
            entries.Place(i, place);
            if (!place.Where((p, d) => p >= (ulong)Hdf5Chunks.CountOf(shape[d], chunks.Chunk[d])).Any())
            {
                chunks.Add(place, address + (i * chunks.UnpackedSize), chunks.UnpackedSize, 0);
            }
        }
    }

    private long[] Sizes(int dimensions, int width)
    {
        if (dimensions != shape.Length + 1 || shape.Length == 0)
        {
            throw message.Fault(Invariant($"its chunks have {dimensions - 1} dimensions, and it has {shape.Length}"));
        }

        if (width is < 1 or > 8)
        {
            throw message.Fault(Invariant($"the sizes of its chunks have {width} bytes"));
        }

        long[] chunk = [.. shape.Select(_ => (long)Math.Min(message.Number(width), long.MaxValue))];
        message.Skip(width);
        return chunk;
    }

    private Hdf5Chunks Of(long[] chunk, bool areEdgesPlain = false)
    {
        ulong size = Hdf5Shape.Bytes(chunk, type.Size);
        if (size is 0 or > LargestChunk)
        {
            throw message.Fault(Invariant($"a chunk of shape {Hdf5Shape.Text(chunk)} is not read"));
        }

        return Hdf5Shape.Bytes(shape, type.Size) <= long.MaxValue
            ? new Hdf5Chunks(source, shape, chunk, type.Size, filters, path) { AreEdgesPlain = areEdgesPlain }
            : throw message.Fault(Invariant($"its shape is {Hdf5Shape.Text(shape)}"));
    }
}
