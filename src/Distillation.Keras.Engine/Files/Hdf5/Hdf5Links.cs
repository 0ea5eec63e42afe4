namespace Distillation.Keras.Files.Hdf5;

/// <summary>What a group of an HDF5 file holds: names, and the addresses of their object headers.</summary>
/// <remarks>
/// Only hard links are followed. A soft or external one leads to another name or another file, which a model file has no need of. Source:
/// sections III.A to III.D and IV.A.2.g of the HDF5 file format specification, version 3.0.
/// </remarks>
internal static class Hdf5Links
{
    private const int DeepestTree = 16;
    private const int SoftLink = 2;

    public static List<(string Name, ulong Address)> Of(Hdf5Source source, Hdf5Header header, string path)
    {
        var links = new List<(string, ulong)>();
        if (header.Has(Hdf5Header.SymbolTable))
        {
            Hdf5Bytes table = header.Only(Hdf5Header.SymbolTable, "symbol table");
            ulong tree = table.Address() ?? throw table.Fault("it has no tree");
            ulong heap = table.Address() ?? throw table.Fault("it has no names");
            ReadTree(source, tree, Names(source, heap, path), path, DeepestTree, links);
        }

        foreach (Hdf5Bytes message in header.All(Hdf5Header.Link))
        {
            links.Add(Link(message, path));
        }

        if (header.Has(Hdf5Header.LinkInfo))
        {
            Hdf5Bytes info = header.Only(Hdf5Header.LinkInfo, "links");
            info.Version(0, 0);
            info.Skip((info.U8() & 1) != 0 ? 8 : 0);
            if (info.Address() is ulong heap && info.Address() is ulong index)
            {
                foreach (Hdf5Bytes message in Hdf5Dense.Messages(source, heap, index, $"the links of {path}"))
                {
                    links.Add(Link(message, path));
                }
            }
        }

        return links;
    }

    private static Hdf5Bytes Names(Hdf5Source source, ulong address, string path)
    {
        string what = $"the names in {path}";
        Hdf5Bytes heap = source.Read(address, (ulong)(8 + (2 * source.LengthSize) + source.AddressSize), what);
        heap.Expect("HEAP");
        heap.Version(0, 0);
        heap.Skip(3);
        ulong size = heap.Length();
        heap.Length();
        return source.Read(heap.Address() ?? throw heap.Fault("they are nowhere"), size, what);
    }

    private static void ReadTree(Hdf5Source source, ulong address, Hdf5Bytes names, string path, int depth, List<(string, ulong)> links)
    {
        string what = $"the tree of names of {path}";
        Hdf5Bytes head = source.Read(address, (ulong)(8 + (2 * source.AddressSize)), what);
        head.Expect("TREE");
        byte type = head.U8();
        byte level = head.U8();
        int count = head.U16();
        if (type != 0 || level > depth)
        {
            throw head.Fault(Invariant($"a node has the type {type} and the level {level}"));
        }

        ulong size = (ulong)((count * (source.LengthSize + source.AddressSize)) + source.LengthSize);
        Hdf5Bytes entries = source.Read(address + (ulong)head.All.Length, size, what);
        for (int i = 0; i < count; i++)
        {
            entries.Length();
            ulong child = entries.Address() ?? throw entries.Fault("a part of it is nowhere");
            if (level > 0)
            {
                ReadTree(source, child, names, path, level - 1, links);
            }
            else
            {
                ReadNode(source, child, names, path, links);
            }
        }
    }

    private static void ReadNode(Hdf5Source source, ulong address, Hdf5Bytes names, string path, List<(string, ulong)> links)
    {
        string what = $"a list of names of {path}";
        Hdf5Bytes head = source.Read(address, 8, what);
        head.Expect("SNOD");
        head.Version(1, 1);
        head.Skip(1);
        int count = head.U16();
        Hdf5Bytes entries = source.Read(address + 8, (ulong)(count * ((2 * source.AddressSize) + 24)), what);
        for (int i = 0; i < count; i++)
        {
            ulong at = entries.Number(source.AddressSize);
            ulong? target = entries.Address();
            uint kind = entries.U32();
            entries.Skip(20);
            if (at >= (ulong)names.All.Length)
            {
                throw entries.Fault("a name is nowhere");
            }

            string name = Hdf5Bytes.Decode(names.All[(int)at..]);
            links.Add(kind != SoftLink && target is ulong found ? (name, found) : throw Elsewhere(path, name, "a soft link"));
        }
    }

    private static (string Name, ulong Address) Link(Hdf5Bytes message, string path)
    {
        message.Version(1, 1);
        byte flags = message.U8();
        byte type = (flags & 8) != 0 ? message.U8() : (byte)0;
        message.Skip(((flags & 4) != 0 ? 8 : 0) + ((flags & 0x10) != 0 ? 1 : 0));
        ulong length = message.Number(1 << (flags & 3));
        if (length > (ulong)message.Left)
        {
            throw message.Fault("a name is longer than it is");
        }

        string name = message.Text((int)length);
        return type switch
        {
            0 => (name, message.Address() ?? throw message.Fault($"'{name}' is nowhere")),
            1 => throw Elsewhere(path, name, "a soft link"),
            64 => throw Elsewhere(path, name, "a link into another file"),
            _ => throw Elsewhere(path, name, Invariant($"a link of the kind {type}")),
        };
    }

    private static ModelFormatException Elsewhere(string path, string name, string what) =>
        new($"'{name}' in {path} of the HDF5 file is {what}. Links are not followed: a model file holds all that it needs under one name.");
}
