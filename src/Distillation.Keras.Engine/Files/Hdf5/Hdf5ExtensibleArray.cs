using System.Numerics;

namespace Distillation.Keras.Files.Hdf5;

/// <summary>
/// The list of the parts of a dataset that may grow along one dimension: blocks that grow, too. An index block holds the first entries,
/// the places of the first data blocks, and those of super blocks, which hold the places of more of them.
/// </summary>
/// <remarks>Source: section VII.D of the HDF5 file format specification, version 3.0.</remarks>
internal sealed class Hdf5ExtensibleArray
{
    private const int LargestPageBits = 30;

    private readonly Hdf5Source _source;
    private readonly Hdf5ChunkEntries _entries;
    private readonly string _what;
    private readonly int _offsetSize;
    private readonly ulong _onPage;

    private Hdf5ExtensibleArray(Hdf5Source source, ulong address, Hdf5Chunks chunks, long[] limits, string what)
    {
        (_source, _what) = (source, what);
        Hdf5Bytes head = source.Read(address, (ulong)(16 + (6 * source.LengthSize) + source.AddressSize), what);
        head.Expect("EAHD");
        head.Version(0, 0);
        byte kind = head.U8();
        byte size = head.U8();
        byte indexBits = head.U8();
        byte inIndex = head.U8();
        byte smallest = head.U8();
        byte fewest = head.U8();
        byte pageBits = head.U8();
        head.Skip(6 * source.LengthSize);
        ulong? index = head.Address();
        Hdf5Checksum.Verify(head, head.All.Length);
        _entries = new Hdf5ChunkEntries(source, chunks, limits, kind, size, what);
        _offsetSize = (indexBits + 7) / 8;
        if (
            indexBits is < 1 or > 64
            || !BitOperations.IsPow2(smallest)
            || !BitOperations.IsPow2(fewest)
            || fewest < 2
            || pageBits > LargestPageBits
        )
        {
            throw head.Fault("the list of its parts has blocks of no size");
        }

        _onPage = 1UL << pageBits;
        if (index is ulong block)
        {
            ReadIndex(block, inIndex, smallest, 2 * BitOperations.Log2(fewest), 1 + indexBits - BitOperations.Log2(smallest));
        }
    }

    public static void Read(Hdf5Source source, ulong address, Hdf5Chunks chunks, long[] limits, string what) =>
        _ = new Hdf5ExtensibleArray(source, address, chunks, limits, what);

    // Data blocks are counted as in super blocks: each has as many blocks as the one before, or twice as many, and then blocks of the same
    // size, or of twice the size, in turn. The index block holds what would be in the first of them.
    private void ReadIndex(ulong address, int inIndex, int smallest, int inlined, int supers)
    {
        int direct = Enumerable.Range(0, inlined).Sum(BlocksOf);
        int pointers = direct + Math.Max(0, supers - inlined);
        int length = 6 + _source.AddressSize + (inIndex * _entries.Size) + (pointers * _source.AddressSize) + 4;
        Hdf5Bytes block = Open(address, (ulong)length, "EAIB");
        _entries.Add(block, 0, inIndex);
        UInt128 first = (UInt128)inIndex;
        for (int super = 0; super < supers; super++)
        {
            UInt128 inBlock = (UInt128)smallest << ((super + 1) / 2);
            int blocks = super < inlined ? BlocksOf(super) : 1;
            for (int i = 0; i < blocks; i++)
            {
                ulong? place = block.Address();
                if (place is ulong at && first + (inBlock * (UInt128)BlocksOf(super)) > long.MaxValue)
                {
                    throw block.Fault(Invariant($"the list of its parts goes on at {at} beyond all measure"));
                }

                if (place is ulong data && super < inlined)
                {
                    ReadData(data, (ulong)first, (ulong)inBlock, []);
                }
                else if (place is ulong other)
                {
                    ReadSuper(other, (ulong)first, (ulong)inBlock, BlocksOf(super));
                }

                first += super < inlined ? inBlock : inBlock * (UInt128)BlocksOf(super);
            }
        }
    }

    private void ReadSuper(ulong address, ulong first, ulong inBlock, int blocks)
    {
        ulong pages = inBlock > _onPage ? inBlock / _onPage : 0;
        UInt128 bits = (UInt128)blocks * ((pages + 7) / 8);
        UInt128 length = (UInt128)(6 + _source.AddressSize + _offsetSize + 4) + bits + ((UInt128)blocks * (UInt128)_source.AddressSize);
        Hdf5Bytes block = Open(address, (ulong)UInt128.Min(length, ulong.MaxValue), "EASB");
        block.Skip(_offsetSize);
        ReadOnlySpan<byte> written = block.Part((int)bits).Span;
        for (int i = 0; i < blocks; i++)
        {
            if (block.Address() is ulong data)
            {
                ReadData(data, first + ((ulong)i * inBlock), inBlock, written, (ulong)i * pages);
            }
        }
    }

    private void ReadData(ulong address, ulong first, ulong inBlock, ReadOnlySpan<byte> written, ulong firstPage = 0)
    {
        bool isPaged = inBlock > _onPage;
        int prefix = 6 + _source.AddressSize + _offsetSize + 4;
        UInt128 listed = isPaged ? 0 : inBlock;
        UInt128 length = (UInt128)prefix + (listed * (UInt128)_entries.Size);
        Hdf5Bytes block = Open(address, (ulong)UInt128.Min(length, ulong.MaxValue), "EADB");
        block.Skip(_offsetSize);
        _entries.Add(block, first, (int)listed);
        if (!isPaged)
        {
            return;
        }

        // Only super blocks note which pages were written.
        if (written.IsEmpty)
        {
            throw block.Fault("a first block of the list of its parts is in pages");
        }

        ulong pageSize = (_onPage * (ulong)_entries.Size) + 4;
        for (ulong page = 0; page < inBlock / _onPage; page++)
        {
            if (Hdf5ChunkEntries.IsWritten(written, (int)(firstPage + page)))
            {
                _entries.AddPage(address + (ulong)prefix + (page * pageSize), first + (page * _onPage), (int)_onPage);
            }
        }
    }

    private static int BlocksOf(int super) => 1 << Math.Min(30, super / 2);

    private Hdf5Bytes Open(ulong address, ulong length, string signature)
    {
        Hdf5Bytes block = _source.Read(address, length, _what);
        block.Expect(signature);
        block.Version(0, 0);
        block.Skip(1 + _source.AddressSize);
        Hdf5Checksum.Verify(block, block.All.Length);
        return block;
    }
}
