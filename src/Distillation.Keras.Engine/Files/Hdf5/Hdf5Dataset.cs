namespace Distillation.Keras.Files.Hdf5;

/// <summary>An array in an HDF5 file. Its values are read when they are asked for.</summary>
/// <param name="path">Where it is in the file.</param>
/// <param name="attributes">Its attributes by name.</param>
/// <param name="type">What its values are.</param>
/// <param name="shape">Its shape.</param>
/// <param name="source">The file.</param>
/// <param name="layout">Where its values are.</param>
internal sealed class Hdf5Dataset(
    string path,
    IReadOnlyDictionary<string, Hdf5Attribute> attributes,
    Hdf5Type type,
    long[] shape,
    Hdf5Source source,
    Hdf5Layout layout
) : Hdf5Object(path, attributes)
{
    private const int CheckedAtOnce = 1 << 16;

    public Hdf5Type Type => type;

    public long[] Shape => shape;

    /// <summary>How many bytes its values take.</summary>
    public ulong Bytes => Hdf5Shape.Bytes(shape, type.Size);

    /// <summary>Reads the values, least significant byte first.</summary>
    /// <param name="memory">Where to.</param>
    /// <param name="start">The byte of it at which they begin. They go on to its end.</param>
    public void Read(TensorBytes memory, long start = 0)
    {
        if (layout.Address is ulong address)
        {
            memory.ForParts((at, part) => source.ReadValues(address + (ulong)(at - start), part, Path), from: start);
        }
        else if (layout.Chunks is Hdf5Chunks chunks)
        {
            if (!chunks.AreAll)
            {
                Fill(memory, start);
            }

            chunks.Read((at, values) => values.CopyTo(memory.Part(start + at, values.Length)));
        }
        else
        {
            layout.Compact.Span.CopyTo(memory.Part(start, layout.Compact.Length));
        }

        if (type.IsRestricted || (type.IsBigEndian && type.Size > 1))
        {
            memory.ForParts((_, part) => Settle(part), from: start);
        }
    }

    /// <summary>Reads all values that may turn out to be damaged, or not to be what their type allows, and keeps none of them.</summary>
    public void Check()
    {
        if (layout.Chunks is Hdf5Chunks chunks)
        {
            if (chunks.ArePacked || type.IsRestricted)
            {
                type.Check(layout.FillValue, Path);
                chunks.Read((_, values) => type.Check(values, Path));
            }
        }
        else if (type.IsRestricted && layout.Address is ulong address)
        {
            byte[] buffer = new byte[CheckedAtOnce];
            for (ulong at = 0; at < Bytes; at += CheckedAtOnce)
            {
                Span<byte> values = buffer.AsSpan(0, (int)Math.Min(CheckedAtOnce, Bytes - at));
                source.ReadValues(address + at, values, Path);
                type.Check(values, Path);
            }
        }
        else
        {
            type.Check(layout.Compact.Span, Path);
        }
    }

    private void Settle(Span<byte> values)
    {
        type.Check(values, Path);
        for (int i = 0; type.IsBigEndian && i < values.Length; i += type.Size)
        {
            values.Slice(i, type.Size).Reverse();
        }
    }

    // What was never written has the value that the dataset gives for that.
    private void Fill(TensorBytes memory, long start)
    {
        byte[] fill = layout.FillValue;
        memory.ForParts(
            (_, part) =>
            {
                part.Clear();
                for (int i = 0; fill.Length > 0 && i < part.Length; i += fill.Length)
                {
                    fill.CopyTo(part[i..]);
                }
            },
            from: start
        );
    }
}
