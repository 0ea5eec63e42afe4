namespace Distillation.Keras.Files.Hdf5;

/// <summary>A group of an HDF5 file.</summary>
/// <param name="path">Where it is in the file.</param>
/// <param name="attributes">Its attributes by name.</param>
/// <param name="children">What it holds, by name.</param>
internal sealed class Hdf5Group(
    string path,
    IReadOnlyDictionary<string, Hdf5Attribute> attributes,
    IReadOnlyDictionary<string, Hdf5Object> children
) : Hdf5Object(path, attributes)
{
    public IReadOnlyDictionary<string, Hdf5Object> Children => children;

    public IEnumerable<KeyValuePair<string, Hdf5Object>> Groups => children.Where(c => c.Value is Hdf5Group);

    /// <summary>A group by its name; <see langword="null"/> where there is none.</summary>
    public Hdf5Group? Group(string name) => children.GetValueOrDefault(name) as Hdf5Group;

    /// <summary>A dataset by its name, which may lead through groups; <see langword="null"/> where there is none.</summary>
    public Hdf5Dataset? Dataset(string path)
    {
        Hdf5Object? found = this;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            found = (found as Hdf5Group)?.Children.GetValueOrDefault(name);
        }

        return found as Hdf5Dataset;
    }
}
