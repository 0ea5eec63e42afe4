namespace Distillation.Keras.Files.Hdf5;

/// <summary>The list of the parts of a dataset whose size has limits: one block, in pages where it is long.</summary>
/// <remarks>Source: section VII.C of the HDF5 file format specification, version 3.0.</remarks>
internal static class Hdf5FixedArray
{
    private const int LargestPageBits = 30;

    public static void Read(Hdf5Source source, ulong address, Hdf5Chunks chunks, long[] limits, string what)
    {
        Hdf5Bytes head = source.Read(address, (ulong)(12 + source.LengthSize + source.AddressSize), what);
        head.Expect("FAHD");
        head.Version(0, 0);
        byte kind = head.U8();
        byte size = head.U8();
        byte pageBits = head.U8();
        ulong count = head.Length();
        ulong? block = head.Address();
        Hdf5Checksum.Verify(head, head.All.Length);
        var entries = new Hdf5ChunkEntries(source, chunks, limits, kind, size, what);
        if (block is not ulong first)
        {
            return;
        }

        if (count > Math.Min((ulong)source.Length / size, int.MaxValue) || pageBits > LargestPageBits)
        {
            throw head.Fault(Invariant($"the list of its parts has {count} entries, in pages of 2^{pageBits}"));
        }

        int onPage = 1 << pageBits;
        int pages = count > (ulong)onPage ? (int)((count + (ulong)onPage - 1) / (ulong)onPage) : 0;
        int prefix = 6 + source.AddressSize + ((pages + 7) / 8) + 4;
        int listed = pages == 0 ? (int)count : 0;
        Hdf5Bytes data = source.Read(first, (ulong)prefix + ((ulong)listed * size), what);
        data.Expect("FADB");
        data.Version(0, 0);
        data.Skip(1 + source.AddressSize);
        ReadOnlySpan<byte> written = data.Part((pages + 7) / 8).Span;
        Hdf5Checksum.Verify(data, data.All.Length);
        entries.Add(data, 0, listed);

        // The pages follow each other; one that was never written has its place, too.
        ulong at = first + (ulong)prefix;
        for (int page = 0; page < pages; page++)
        {
            ulong start = (ulong)page * (ulong)onPage;
            int here = (int)Math.Min((ulong)onPage, count - start);
            if (Hdf5ChunkEntries.IsWritten(written, page))
            {
                entries.AddPage(at, start, here);
            }

            at += ((ulong)here * size) + 4;
        }
    }
}
