using System.Runtime.CompilerServices;

namespace Distillation.Keras.Files.Hdf5;

/// <summary>
/// Reads HDF5 files from elsewhere: every address, size and count in them is checked before it is followed, nothing outside of the file is
/// ever opened, and no more memory is asked for than the file itself takes.
/// </summary>
/// <remarks>
/// Reads what h5py writes by default or with <c>libver="latest"</c>: groups of both forms, attributes of text and numbers, datasets in one
/// piece, in chunks or in the header, packed by gzip or LZF, with checksums, in both byte orders; but not several chunks in the form of the
/// latest version. Soft and external links, external
/// storage, virtual datasets and shared types are refused. Source: HDF5 file format specification, version 3.0.
/// </remarks>
internal sealed class Hdf5File
{
    private const int DeepestGroup = 128;
    private const int MostObjects = 1_000_000;

    private readonly Hdf5Source _source;
    private readonly Hdf5GlobalHeap _heap;
    private readonly HashSet<ulong> _groups = [];
    private int _objects;

    private Hdf5File(Hdf5Source source)
    {
        _source = source;
        _heap = new Hdf5GlobalHeap(source);
    }

    /// <summary>Reads what a file holds; datasets read their values from it when they are asked for.</summary>
    /// <param name="stream">The file, which can seek and stays open as long as datasets are read.</param>
    /// <returns>The root group.</returns>
    /// <exception cref="ModelFormatException">It is no HDF5 file, it is damaged, or something in it is not read.</exception>
    public static Hdf5Group Read(Stream stream)
    {
        var source = new Hdf5Source(stream);
        ulong root = Superblock(source, stream);
        return (Hdf5Group)new Hdf5File(source).Object(root, "/", 0);
    }

    private static ulong Superblock(Hdf5Source source, Stream stream)
    {
        const string What = "the superblock";
        long at = Hdf5Source.Signature(stream) ?? throw new ModelFormatException("It is no HDF5 file: it does not begin as one.");
        Hdf5Bytes block = source.ReadUpTo((ulong)at, 128, What);
        block.Skip(8);
        byte version = block.Version(0, 3);
        block.Skip(version < 2 ? 4 : 0);
        source.AddressSize = Width(block.U8());
        source.LengthSize = Width(block.U8());
        block.Skip(
            version switch
            {
                0 => 9,
                1 => 13,
                _ => 1,
            }
        );
        ulong start = block.Address() ?? throw block.Fault("it has no base");
        block.Address();
        ulong end = block.Address() ?? throw block.Fault("it has no end");
        ulong root;
        if (version < 2)
        {
            block.Address();
            block.Address();
            root = block.Address() ?? throw block.Fault("it has no root group");
        }
        else
        {
            root = block.Address() ?? throw block.Fault("it has no root group");
            Hdf5Checksum.Verify(block, block.Position + 4);
        }

        if (start > (ulong)source.Length || end > (ulong)source.Length)
        {
            throw new ModelFormatException(
                Invariant(
                    $"The HDF5 file is cut off: it ends at {end} by its own account, but has {source.Length} bytes. "
                        + $"Copy or download it again."
                )
            );
        }

        source.Base = (long)start;
        return root;

        int Width(byte size) => size is 2 or 4 or 8 ? size : throw block.Fault(Invariant($"an address or a length has {size} bytes"));
    }

    private Hdf5Object Object(ulong address, string path, int depth)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (++_objects > MostObjects || depth > DeepestGroup)
        {
            throw Hdf5Source.Fault(path, depth > DeepestGroup ? "groups lie in groups too deep" : "it holds too many objects");
        }

        Hdf5Header header = Hdf5Header.Read(_source, address, path);
        if (header.Has(Hdf5Header.Layout))
        {
            return Dataset(header, path);
        }

        if (!header.Has(Hdf5Header.SymbolTable) && !header.Has(Hdf5Header.LinkInfo) && !header.Has(Hdf5Header.GroupInfo))
        {
            throw Hdf5Source.Fault(path, "it is neither a group nor a dataset");
        }

        if (!_groups.Add(address))
        {
            throw Hdf5Source.Fault(path, "it is a group that is found under another name, too, so that groups may lie in themselves");
        }

        var children = new Dictionary<string, Hdf5Object>(StringComparer.Ordinal);
        foreach ((string name, ulong child) in Hdf5Links.Of(_source, header, path))
        {
            string childPath = path == "/" ? "/" + name : $"{path}/{name}";
            if (name.Length == 0 || !children.TryAdd(name, Object(child, childPath, depth + 1)))
            {
                throw Hdf5Source.Fault(path, name.Length == 0 ? "something in it has no name" : $"two things in it are called '{name}'");
            }
        }

        return new Hdf5Group(path, Attributes(header, path), children);
    }

    private Hdf5Dataset Dataset(Hdf5Header header, string path)
    {
        if (header.Has(Hdf5Header.ExternalFiles))
        {
            throw new ModelFormatException(
                $"The values of {path} of the HDF5 file are in another file, which is never opened: a model file holds all that it needs."
            );
        }

        Hdf5Type type = Hdf5Type.Read(header.Only(Hdf5Header.Datatype, "type"));
        long[] shape =
            Hdf5Shape.Read(header.Only(Hdf5Header.Dataspace, "shape")) ?? throw Hdf5Source.Fault(path, "it is a dataset without a shape");
        return new Hdf5Dataset(path, Attributes(header, path), type, shape, _source, Hdf5Layout.Read(_source, header, type, shape, path));
    }

    private Dictionary<string, Hdf5Attribute> Attributes(Hdf5Header header, string path)
    {
        var attributes = new Dictionary<string, Hdf5Attribute>(StringComparer.Ordinal);
        foreach (Hdf5Bytes message in header.All(Hdf5Header.Attribute).Concat(Dense(header, path)))
        {
            var attribute = Hdf5Attribute.Read(message, _heap, path);
            if (!attributes.TryAdd(attribute.Name, attribute))
            {
                throw Hdf5Source.Fault(path, $"it has two attributes '{attribute.Name}'");
            }
        }

        return attributes;
    }

    private IEnumerable<Hdf5Bytes> Dense(Hdf5Header header, string path)
    {
        if (!header.Has(Hdf5Header.AttributeInfo))
        {
            return [];
        }

        Hdf5Bytes info = header.Only(Hdf5Header.AttributeInfo, "attributes");
        info.Version(0, 0);
        info.Skip((info.U8() & 1) != 0 ? 2 : 0);
        return info.Address() is ulong heap && info.Address() is ulong index
            ? Hdf5Dense.Messages(_source, heap, index, $"the attributes of {path}")
            : [];
    }
}
