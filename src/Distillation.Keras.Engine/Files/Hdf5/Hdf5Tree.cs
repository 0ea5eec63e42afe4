using System.Text;
using static TorchSharp.torch;

namespace Distillation.Keras.Files.Hdf5;

/// <summary>
/// A group that is to be written into an HDF5 file: attributes, groups and arrays by name, in the order in which they are added.
/// </summary>
internal sealed class Hdf5Tree
{
    private const int LargestName = 60_000;

    private readonly Dictionary<string, object> _attributes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, object> _children = new(StringComparer.Ordinal);

    /// <summary>Texts, and lists of texts, by name.</summary>
    public IReadOnlyDictionary<string, object> Attributes => _attributes;

    /// <summary>A <see cref="Hdf5Tree"/> or a <see cref="Func{Tensor}"/> for each name.</summary>
    public IReadOnlyDictionary<string, object> Children => _children;

    public void Set(string attribute, string text) => _attributes[attribute] = text;

    public void Set(string attribute, IReadOnlyList<string> texts) => _attributes[attribute] = texts;

    /// <summary>The group of that name, which is made where there is none. Slashes lead into groups of groups.</summary>
    public Hdf5Tree Group(string path)
    {
        Hdf5Tree group = this;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            RefuseName(name, path);
            if (!group._children.TryGetValue(name, out object? child))
            {
                group._children[name] = child = new Hdf5Tree();
            }

            group =
                child as Hdf5Tree
                ?? throw new NotSupportedException(
                    $"HDF5 has one thing under a name, but '{name}' is to be both an array and a group, as one name is the beginning of "
                        + $"another: '{path}'. Rename the layer."
                );
        }

        return group;
    }

    /// <summary>Adds an array.</summary>
    /// <param name="path">Its name. Slashes lead into groups.</param>
    /// <param name="value">Gives it when it is written. It stays its owner's, or is in the dispose scope that is open then.</param>
    /// <exception cref="NotSupportedException">There is something of that name.</exception>
    public void Add(string path, Func<Tensor> value)
    {
        int slash = path.LastIndexOf('/');
        Hdf5Tree group = slash < 0 ? this : Group(path[..slash]);
        RefuseName(path[(slash + 1)..], path);
        if (!group._children.TryAdd(path[(slash + 1)..], value))
        {
            throw new NotSupportedException(
                $"Each weight in a file has a name of its own, but two are called '{path}'. Give their layers names of their own."
            );
        }
    }

    private static void RefuseName(string name, string path)
    {
        if (name is "" or "." or ".." || name.Contains('\0', StringComparison.Ordinal))
        {
            throw new NotSupportedException(
                $"HDF5 has names without the character NUL, which are not '.', '..' or empty, but '{path.Replace('\0', '?')}' has such a "
                    + "part. Rename the layer."
            );
        }

        if (Encoding.UTF8.GetByteCount(name) > LargestName)
        {
            throw new NotSupportedException(
                Invariant($"HDF5 has names of up to {LargestName} bytes, but '{name[..40]}...' is longer. Rename the layer.")
            );
        }
    }
}
