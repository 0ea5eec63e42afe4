namespace Distillation.Keras.Files.Hdf5;

/// <summary>Where texts of variable length are.</summary>
/// <param name="source">The file.</param>
/// <remarks>Source: section III.E of the HDF5 file format specification, version 3.0.</remarks>
internal sealed class Hdf5GlobalHeap(Hdf5Source source)
{
    private readonly Dictionary<ulong, Dictionary<uint, ReadOnlyMemory<byte>>> _collections = [];

    /// <summary>How many bytes stand for a text: its length, and the address and number of what is in the heap.</summary>
    public int ReferenceSize => 8 + source.AddressSize;

    /// <summary>The text that the next bytes stand for.</summary>
    public string Text(Hdf5Bytes reference)
    {
        uint length = reference.U32();
        ulong? address = reference.Address();
        uint index = reference.U32();
        if (length == 0 || address is null or 0)
        {
            return string.Empty;
        }

        ReadOnlyMemory<byte> text = Collection(address.Value).GetValueOrDefault(index);
        return length <= text.Length
            ? Hdf5Bytes.Decode(text.Span[..(int)length])
            : throw reference.Fault(Invariant($"its text of {length} bytes is not there"));
    }

    private Dictionary<uint, ReadOnlyMemory<byte>> Collection(ulong address)
    {
        if (_collections.TryGetValue(address, out Dictionary<uint, ReadOnlyMemory<byte>>? known))
        {
            return known;
        }

        string what = Invariant($"the heap of texts at {address}");
        Hdf5Bytes head = source.Read(address, (ulong)(8 + source.LengthSize), what);
        head.Expect("GCOL");
        head.Version(1, 1);
        head.Skip(3);
        ulong size = head.Length();
        if (size < (ulong)head.Position || size > int.MaxValue)
        {
            throw head.Fault(Invariant($"its size is {size}"));
        }

        Hdf5Bytes all = source.Read(address, size, what);
        all.Skip(head.Position);
        var objects = new Dictionary<uint, ReadOnlyMemory<byte>>();
        while (all.Left >= 8 + source.LengthSize)
        {
            uint index = all.U16();
            all.Skip(6);
            ulong length = all.Length();
            if (index == 0)
            {
                break;
            }

            if (length > (ulong)all.Left)
            {
                throw all.Fault("a text in it is longer than it is");
            }

            objects[index] = all.Part((int)length);
            all.Skip(Math.Min(all.Left, (int)((8 - (length % 8)) % 8)));
        }

        return _collections[address] = objects;
    }
}
