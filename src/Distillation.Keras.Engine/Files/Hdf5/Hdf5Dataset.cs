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
    public Hdf5Type Type => type;

    public long[] Shape => shape;

    /// <summary>How many bytes its values take.</summary>
    public ulong Bytes => Hdf5Shape.Bytes(shape, type.Size);

    /// <summary>Whether its values can be read without all of them being in memory.</summary>
    public bool IsContiguous => layout.Address is not null;

    /// <summary>Reads values, least significant byte first.</summary>
    /// <param name="values">Where to.</param>
    /// <param name="start">The place of the first, in bytes; not zero only where <see cref="IsContiguous"/>.</param>
    public void Read(Span<byte> values, long start = 0)
    {
        if (layout.Address is ulong address)
        {
            source.ReadValues(address + (ulong)start, values, Path);
        }
        else
        {
            (layout.Chunks?.Read(values.Length) ?? layout.Compact.Span).CopyTo(values);
        }

        if (type is { IsBigEndian: true, Size: > 1 })
        {
            for (int i = 0; i < values.Length; i += type.Size)
            {
                values.Slice(i, type.Size).Reverse();
            }
        }
    }
}
