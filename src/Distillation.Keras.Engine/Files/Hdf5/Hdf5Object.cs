namespace Distillation.Keras.Files.Hdf5;

/// <summary>What a group of an HDF5 file holds by name: a group or a dataset, with attributes.</summary>
/// <param name="path">Where it is in the file: <c>/layers/dense</c>.</param>
/// <param name="attributes">Its attributes by name.</param>
internal abstract class Hdf5Object(string path, IReadOnlyDictionary<string, Hdf5Attribute> attributes)
{
    public string Path => path;

    public IReadOnlyDictionary<string, Hdf5Attribute> Attributes => attributes;
}
