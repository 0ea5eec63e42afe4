namespace Distillation.Keras.Files.Hdf5;

/// <summary>
/// The parts of a dataset by trees of their places: of the first version, and of the second, which datasets have that may grow along
/// several dimensions.
/// </summary>
internal static class Hdf5ChunkTree
{
    private const int DeepestTree = 16;
    private const byte Plain = 10;
    private const byte Packed = 11;

    /// <summary>Finds the parts by a tree of version 1.</summary>
    /// <remarks>Source: section III.A.1 of the HDF5 file format specification, version 3.0.</remarks>
    public static void ReadFirst(Hdf5Source source, ulong address, Hdf5Chunks chunks, string what, int depth = DeepestTree)
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

        int rank = chunks.Shape.Length;
        int keySize = 8 + (8 * (rank + 1));
        ulong size = (ulong)((count * (keySize + source.AddressSize)) + keySize);
        Hdf5Bytes entries = source.Read(address + (ulong)head.All.Length, size, what);
        Span<ulong> place = stackalloc ulong[rank];
        for (int i = 0; i < count; i++)
        {
            uint stored = entries.U32();
            uint skipped = entries.U32();
            for (int d = 0; d < rank; d++)
            {
                (ulong whole, ulong rest) = Math.DivRem(entries.U64(), (ulong)chunks.Chunk[d]);
                place[d] = rest == 0 ? whole : throw entries.Fault("a part of it lies beside it");
            }

            entries.Skip(8);
            ulong child = entries.Address() ?? throw entries.Fault("a part of it is nowhere");
            if (level > 0)
            {
                ReadFirst(source, child, chunks, what, level - 1);
            }
            else
            {
                chunks.Add(place, child, stored, skipped);
            }
        }
    }

    /// <summary>Finds the parts by a tree of version 2.</summary>
    /// <remarks>Source: sections III.A.2 and VII.E of the HDF5 file format specification, version 3.0.</remarks>
    public static void ReadSecond(Hdf5Source source, ulong address, Hdf5Chunks chunks, string what)
    {
        var records = Hdf5Records.Read(source, address, what);
        int rank = chunks.Shape.Length;
        int sizeWidth = records.Size - source.AddressSize - (8 * rank) - 4;
        bool isFit = chunks.ArePacked
            ? records.Type == Packed && sizeWidth is >= 1 and <= 8
            : records.Type == Plain && records.Size == source.AddressSize + (8 * rank);
        if (!isFit)
        {
            throw Hdf5Source.Fault(what, Invariant($"its tree has the type {records.Type} and records of {records.Size} bytes"));
        }

        Span<ulong> place = stackalloc ulong[rank];
        foreach (Hdf5Bytes record in records.All)
        {
            ulong chunk = record.Address() ?? throw record.Fault("a part of it is nowhere");
            ulong size = chunks.ArePacked ? record.Number(sizeWidth) : chunks.UnpackedSize;
            uint skipped = chunks.ArePacked ? record.U32() : 0;
            for (int d = 0; d < rank; d++)
            {
                place[d] = record.U64();
            }

            chunks.Add(place, chunk, size, skipped);
        }
    }
}
