namespace Distillation.Keras.Files.Hdf5;

/// <summary>
/// Entries of the lists of parts that are no trees: where a part is and, where it is packed, its size and the filters that it did not go
/// through.
/// </summary>
internal sealed class Hdf5ChunkEntries
{
    private readonly Hdf5Source _source;
    private readonly Hdf5Chunks _chunks;
    private readonly string _what;
    private readonly int _sizeWidth;
    private readonly int _growing;
    private readonly ulong[] _counts;

    /// <param name="source">The file.</param>
    /// <param name="chunks">The parts.</param>
    /// <param name="limits">How large the dataset may grow; -1 where there is no limit.</param>
    /// <param name="kind">Whether the entries say that they have sizes: 1, or not: 0.</param>
    /// <param name="size">How many bytes an entry takes.</param>
    /// <param name="what">The dataset, for messages.</param>
    public Hdf5ChunkEntries(Hdf5Source source, Hdf5Chunks chunks, long[] limits, int kind, int size, string what)
    {
        (_source, _chunks, _what) = (source, chunks, what);
        _sizeWidth = size - source.AddressSize - 4;
        Size = size;
        if (kind != (chunks.ArePacked ? 1 : 0) || (chunks.ArePacked ? _sizeWidth is < 1 or > 8 : size != source.AddressSize))
        {
            throw Hdf5Source.Fault(what, Invariant($"the list of its parts has the kind {kind} and entries of {size} bytes"));
        }

        // They are counted as if the dataset were as large as it may grow, and the dimension without a limit comes first.
        _growing = Math.Max(0, Array.IndexOf(limits, -1));
        _counts = [.. limits.Select((limit, d) => limit < 0 ? 0 : (ulong)Hdf5Chunks.CountOf(limit, chunks.Chunk[d]))];
    }

    /// <summary>How many bytes an entry takes.</summary>
    public int Size { get; }

    /// <summary>Adds the parts of entries, of which the first has an index.</summary>
    public void Add(Hdf5Bytes entries, ulong first, int count)
    {
        Span<ulong> place = stackalloc ulong[_counts.Length];
        for (int i = 0; i < count; i++)
        {
            ulong? address = entries.Address();
            ulong size = _chunks.ArePacked ? entries.Number(_sizeWidth) : _chunks.UnpackedSize;
            uint skipped = _chunks.ArePacked ? entries.U32() : 0;
            if (address is ulong chunk)
            {
                Place(first + (ulong)i, place);
                _chunks.Add(place, chunk, size, skipped);
            }
        }
    }

    /// <summary>Adds the parts of a page of entries, which ends with a checksum.</summary>
    public void AddPage(ulong address, ulong first, int count)
    {
        Hdf5Bytes page = _source.Read(address, ((ulong)count * (ulong)Size) + 4, _what);
        Hdf5Checksum.Verify(page, page.All.Length);
        Add(page, first, count);
    }

    /// <summary>Whether a page was ever written, by a bit for each, beginning with the upper one of a byte.</summary>
    public static bool IsWritten(ReadOnlySpan<byte> bits, int page) => (bits[page / 8] & (0x80 >> (page % 8))) != 0;

    /// <summary>Where the part of an index is, counted along each dimension.</summary>
    public void Place(ulong index, Span<ulong> place)
    {
        for (int d = _counts.Length - 1; d >= 0; d--)
        {
            if (d != _growing)
            {
                (index, place[d]) = _counts[d] == 0 ? (0, ulong.MaxValue) : Math.DivRem(index, _counts[d]);
            }
        }

        place[_growing] = index;
    }
}
