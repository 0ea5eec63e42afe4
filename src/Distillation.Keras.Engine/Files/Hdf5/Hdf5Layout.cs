namespace Distillation.Keras.Files.Hdf5;

/// <summary>Where the values of a dataset are: in one piece, in chunks, or in its object header.</summary>
/// <param name="Address">Where they begin, if they are in one piece.</param>
/// <param name="Chunks">Their chunks, if they are in chunks.</param>
/// <param name="Compact">The values themselves, if they are in the header.</param>
/// <param name="FillValue">The value of what was never written, as it is in the file; empty for zero.</param>
/// <remarks>Source: section IV.A.2.i of the HDF5 file format specification, version 3.0.</remarks>
internal sealed record Hdf5Layout(ulong? Address, Hdf5Chunks? Chunks, ReadOnlyMemory<byte> Compact, byte[] FillValue)
{
    private const int InHeader = 0,
        InOnePiece = 1,
        InChunks = 2;

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
            (3, InChunks) => Chunked(layout => layout.ReadTree(message.U8())),
            (4, InChunks) => Chunked(layout =>
                layout.ReadNewest(Hdf5Shape.Limits(header.Only(Hdf5Header.Dataspace, "shape").Again(), shape))
            ),
            (< 3, InHeader) => Oldest(),
            (< 3, InOnePiece) => OnePiece(message.Address(), bytes),
            (< 3, InChunks) => Chunked(layout => layout.ReadTree(rank)),
            _ => throw message.Fault(Invariant($"it is of the kind {kind}, which is not read")),
        };

        Hdf5Layout Oldest()
        {
            message.Skip(4 * rank);
            return InHeaderOf(message, message.U32());
        }

        Hdf5Layout InHeaderOf(Hdf5Bytes from, uint size) =>
            size == bytes && size <= (uint)from.Left ? new Hdf5Layout(null, null, from.Part((int)size), []) : throw Bomb(size);

        Hdf5Layout OnePiece(ulong? address, ulong size)
        {
            if (bytes == 0)
            {
                return new Hdf5Layout(null, null, default, []);
            }

            if (address is not ulong start || size < bytes)
            {
                throw Bomb(address is null ? 0 : size);
            }

            source.Position(start, bytes, path);
            return new Hdf5Layout(start, null, default, []);
        }

        Hdf5Layout Chunked(Func<Hdf5ChunkLayout, Hdf5Chunks> read)
        {
            Hdf5Chunks chunks = read(new Hdf5ChunkLayout(source, message, filters, type, shape, path));
            UInt128 most = chunks.StoredBytes;
            foreach (Hdf5Filter filter in filters)
            {
                most = UInt128.Min(most * (ulong)filter.LargestRatio, ulong.MaxValue);
            }

            return bytes <= most
                ? new Hdf5Layout(null, chunks, default, chunks.AreAll ? [] : Fill(header, type, path))
                : throw Bomb(chunks.StoredBytes);
        }

        ModelFormatException Bomb(ulong stored) =>
            new(
                $"{path} of the HDF5 file declares {type} of shape {Hdf5Shape.Text(shape)}, "
                    + Invariant($"but only {stored} bytes are stored, which cannot be all of them. ")
                    + "The file is damaged, or made to fill the memory."
            );
    }

    // Sources: sections IV.A.2.e and IV.A.2.f of the HDF5 file format specification, version 3.0.
    private static byte[] Fill(Hdf5Header header, Hdf5Type type, string path)
    {
        bool isOld = !header.Has(Hdf5Header.FillValue);
        if (isOld && !header.Has(Hdf5Header.OldFillValue))
        {
            return [];
        }

        Hdf5Bytes message = header.Only(isOld ? Hdf5Header.OldFillValue : Hdf5Header.FillValue, "fill value");
        bool isThere = true;
        if (!isOld)
        {
            byte version = message.Version(1, 3);
            byte flags = version == 3 ? message.U8() : (byte)0;
            message.Skip(version == 3 ? 0 : 2);
            isThere = version == 3 ? (flags & 0x20) != 0 : message.U8() != 0;
        }

        uint size = isThere ? message.U32() : 0;
        return size == 0 ? []
            : size == (uint)type.Size ? message.Part(type.Size).ToArray()
            : throw Hdf5Source.Fault(path, Invariant($"the value of what was never written has {size} bytes, its type {type.Size}"));
    }
}
