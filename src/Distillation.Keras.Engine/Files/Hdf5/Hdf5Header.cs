namespace Distillation.Keras.Files.Hdf5;

/// <summary>The messages in which an object of an HDF5 file says what it is.</summary>
/// <remarks>Source: section IV.A.1 of the HDF5 file format specification, version 3.0.</remarks>
internal sealed class Hdf5Header
{
    public const int Dataspace = 0x1,
        LinkInfo = 0x2,
        Datatype = 0x3,
        OldFillValue = 0x4,
        FillValue = 0x5,
        Link = 0x6,
        ExternalFiles = 0x7,
        Layout = 0x8,
        GroupInfo = 0xA,
        Filters = 0xB,
        Attribute = 0xC,
        SymbolTable = 0x11,
        AttributeInfo = 0x15;

    private const int Continuation = 0x10;
    private const ulong LargestBlock = 1 << 26;
    private const int MostBlocks = 10_000;

    private readonly List<(int Type, Hdf5Bytes Message)> _messages = [];
    private readonly Queue<(ulong Address, ulong Size)> _blocks = [];
    private readonly Hdf5Source _source;
    private readonly string _what;

    private Hdf5Header(Hdf5Source source, string path)
    {
        _source = source;
        _what = path;
    }

    /// <summary>The messages of a type, each to be read from its beginning.</summary>
    public IEnumerable<Hdf5Bytes> All(int type) => _messages.Where(m => m.Type == type).Select(m => m.Message);

    public bool Has(int type) => _messages.Exists(m => m.Type == type);

    /// <summary>The only message of a type.</summary>
    /// <exception cref="ModelFormatException">There is none, or more than one.</exception>
    public Hdf5Bytes Only(int type, string meaning)
    {
        Hdf5Bytes[] all = [.. All(type)];
        return all.Length == 1 ? all[0] : throw Hdf5Source.Fault(_what, Invariant($"it has {all.Length} messages for its {meaning}"));
    }

    public static Hdf5Header Read(Hdf5Source source, ulong address, string path)
    {
        var header = new Hdf5Header(source, path);
        string what = $"the object header of {path}";
        Hdf5Bytes first = source.ReadUpTo(address, 16, what);
        if (first.Left > 0 && first.All[0] == 1)
        {
            header.ReadFirst(first, address, what);
        }
        else
        {
            header.ReadSecond(address, what);
        }

        return header;
    }

    private void ReadFirst(Hdf5Bytes head, ulong address, string what)
    {
        head.Skip(8);
        _blocks.Enqueue((address + 16, head.U32()));
        for (int i = 0; _blocks.TryDequeue(out (ulong Address, ulong Size) block); i++)
        {
            Refuse(i, block.Size, what);
            Hdf5Bytes bytes = _source.Read(block.Address, block.Size, what);
            while (bytes.Left >= 8)
            {
                int type = bytes.U16();
                int size = bytes.U16();
                byte flags = bytes.U8();
                bytes.Skip(3);
                Add(type, flags, bytes.Of(size, $"a message of {_what}"));
            }
        }
    }

    private void ReadSecond(ulong address, string what)
    {
        Hdf5Bytes head = _source.ReadUpTo(address, 64, what);
        head.Expect("OHDR");
        head.Version(2, 2);
        byte flags = head.U8();
        head.Skip(((flags & 0x20) != 0 ? 16 : 0) + ((flags & 0x10) != 0 ? 4 : 0));
        ulong size = head.Number(1 << (flags & 3));
        int start = head.Position;
        Refuse(0, size, what);
        ReadBlock(_source.Read(address, (ulong)start + size + 4, what), start);
        for (int i = 1; _blocks.TryDequeue(out (ulong Address, ulong Size) block); i++)
        {
            Refuse(i, block.Size, what);
            Hdf5Bytes bytes = _source.Read(block.Address, block.Size, what);
            bytes.Expect("OCHK");
            ReadBlock(bytes, 4);
        }

        void ReadBlock(Hdf5Bytes bytes, int begin)
        {
            if (bytes.All.Length < begin + 4)
            {
                throw bytes.Fault("it is too short");
            }

            Hdf5Checksum.Verify(bytes, bytes.All.Length);
            bytes.Skip(begin - bytes.Position);
            int headSize = (flags & 4) != 0 ? 6 : 4;
            Hdf5Bytes messages = bytes.Of(bytes.Left - 4, what);
            while (messages.Left >= headSize)
            {
                int type = messages.U8();
                int length = messages.U16();
                byte messageFlags = messages.U8();
                messages.Skip(headSize - 4);
                Add(type, messageFlags, messages.Of(length, $"a message of {_what}"));
            }
        }
    }

    private void Add(int type, byte flags, Hdf5Bytes message)
    {
        if (type == Continuation)
        {
            _blocks.Enqueue((message.Address() ?? throw message.Fault("it goes on nowhere"), message.Length()));
            return;
        }

        // Of what nobody asks for it does not matter where it is kept.
        bool isRead =
            type
            is Dataspace
                or LinkInfo
                or Datatype
                or OldFillValue
                or FillValue
                or Link
                or ExternalFiles
                or Layout
                or Filters
                or Attribute
                or SymbolTable
                or AttributeInfo;
        if (isRead && (flags & 2) != 0)
        {
            throw message.Fault("it is kept elsewhere, shared by several objects");
        }

        _messages.Add((type, message));
    }

    private static void Refuse(int blocks, ulong size, string what)
    {
        if (blocks > MostBlocks || size > LargestBlock)
        {
            throw Hdf5Source.Fault(what, blocks > MostBlocks ? "it goes on and on" : Invariant($"a part of it has {size} bytes"));
        }
    }
}
