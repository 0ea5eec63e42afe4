namespace Distillation.Keras.Files.Hdf5;

/// <summary>Where the values of a dataset are: in one piece, in chunks, or in its object header.</summary>
/// <param name="Address">Where they begin, if they are in one piece.</param>
/// <param name="Chunks">Their chunks, if they are in chunks.</param>
/// <param name="Compact">The values themselves, if they are in the header.</param>
/// <remarks>Source: section IV.A.2.i of the HDF5 file format specification, version 3.0.</remarks>
internal sealed record Hdf5Layout(ulong? Address, Hdf5Chunks? Chunks, ReadOnlyMemory<byte> Compact)
{
    private const int InHeader = 0,
        InOnePiece = 1,
        InChunks = 2;

    private const int SingleChunk = 1,
        ImplicitChunks = 2;

    // A chunk is unpacked as a whole.
    private const ulong LargestChunk = 1UL << 30;

    /// <summary>Reads a layout message, and refuses one that promises more than the file holds.</summary>
    public static Hdf5Layout Read(Hdf5Source source, Hdf5Header header, Hdf5Type type, long[] shape, string path)
    {
        Hdf5Bytes message = header.Only(Hdf5Header.Layout, "layout");
        Hdf5Filter[] filters = header.Has(Hdf5Header.Filters) ? Hdf5Filter.Read(header.Only(Hdf5Header.Filters, "filters")) : [];
        ulong bytes = Hdf5Shape.Bytes(shape, type.Size);
        byte version = message.Version(1, 4);
        int rank = version < 3 ? message.U8() : 0;
        int kind = message.U8();
        message.Skip(version < 3 ? 5 : 0);
        return (version, kind) switch
        {
            (>= 3, InHeader) => InHeaderOf(message, message.U16()),
            (>= 3, InOnePiece) => OnePiece(message.Address(), message.Length()),
            (3, InChunks) => Tree(message.U8(), message.Address()),
            (4, InChunks) => Newest(),
            (< 3, InHeader) => Oldest(),
            (< 3, InOnePiece) => OnePiece(message.Address(), bytes),
            (< 3, InChunks) => Tree(rank, message.Address()),
            _ => throw message.Fault(Invariant($"it is of the kind {kind}, which is not read")),
        };

        Hdf5Layout Oldest()
        {
            message.Skip(4 * rank);
            return InHeaderOf(message, message.U32());
        }

        Hdf5Layout InHeaderOf(Hdf5Bytes from, uint size) =>
            size == bytes && size <= (uint)from.Left ? new Hdf5Layout(null, null, from.Part((int)size)) : throw Bomb(size);

        Hdf5Layout OnePiece(ulong? address, ulong size)
        {
            if (bytes == 0)
            {
                return new Hdf5Layout(null, null, default);
            }

            if (address is not ulong start || size < bytes)
            {
                throw Bomb(address is null ? 0 : size);
            }

            source.Position(start, bytes, path);
            return new Hdf5Layout(start, null, default);
        }

        // The number of dimensions is one more than that of the dataset: the last is the size of a value.
        Hdf5Layout Tree(int dimensions, ulong? address)
        {
            Hdf5Chunks chunks = Of(dimensions, () => message.U32());
            if (address is ulong tree)
            {
                chunks.ReadTree(tree);
            }

            return Checked(chunks);
        }

        Hdf5Layout Newest()
        {
            byte flags = message.U8();
            int dimensions = message.U8();
            int width = message.U8();
            long[] chunk = [];
            Hdf5Chunks chunks = Of(dimensions, () => width is > 0 and <= 8 ? message.Number(width) : 0, c => chunk = c);
            byte index = message.U8();
            bool isFiltered = (flags & 2) != 0;
            if (index is not (SingleChunk or ImplicitChunks) || (index is ImplicitChunks && !chunk.AsSpan().SequenceEqual(shape)))
            {
                throw message.Fault(
                    Invariant($"its chunks are listed in a way ({index}) that is not read. Write the file without libver='latest'")
                );
            }

            ulong size = index is SingleChunk && isFiltered ? message.Length() : Hdf5Shape.Bytes(chunk, type.Size);
            uint skipped = index is SingleChunk && isFiltered ? message.U32() : 0;
            if (message.Address() is ulong address)
            {
                chunks.Add(new long[shape.Length], address, size, skipped);
            }

            return Checked(chunks);
        }

        Hdf5Chunks Of(int dimensions, Func<ulong> next, Action<long[]>? tell = null)
        {
            if (dimensions != shape.Length + 1 || shape.Length == 0)
            {
                throw message.Fault(Invariant($"its chunks have {dimensions - 1} dimensions, and it has {shape.Length}"));
            }

            long[] chunk = [.. shape.Select(_ => (long)Math.Min(next(), long.MaxValue))];
            next();
            tell?.Invoke(chunk);
            ulong chunkBytes = Hdf5Shape.Bytes(chunk, type.Size);
            return chunkBytes is > 0 and <= LargestChunk
                ? new Hdf5Chunks(source, shape, chunk, type.Size, filters, path)
                : throw message.Fault(Invariant($"a chunk of shape {Hdf5Shape.Text(chunk)} is not read"));
        }

        Hdf5Layout Checked(Hdf5Chunks chunks)
        {
            UInt128 most = chunks.StoredBytes;
            foreach (Hdf5Filter filter in filters)
            {
                most *= (ulong)filter.LargestRatio;
            }

            return bytes <= most && bytes <= int.MaxValue ? new Hdf5Layout(null, chunks, default) : throw Bomb(chunks.StoredBytes);
        }

        ModelFormatException Bomb(ulong stored) =>
            new(
                $"{path} of the HDF5 file declares {type} of shape {Hdf5Shape.Text(shape)}, "
                    + Invariant($"but only {stored} bytes are stored, which cannot be all of them. ")
                    + "The file is damaged, or made to fill the memory."
            );
    }
}
