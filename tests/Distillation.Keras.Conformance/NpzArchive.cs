using System.IO.Compression;

namespace Distillation.Keras.Conformance;

/// <summary>Reads NumPy's <c>.npz</c>: a zip of <c>.npy</c> members.</summary>
public static class NpzArchive
{
    /// <summary>All arrays of a file, by name.</summary>
    /// <exception cref="FixtureException">The file is damaged.</exception>
    public static IReadOnlyDictionary<string, NpyArray> Read(string path)
    {
        var arrays = new Dictionary<string, NpyArray>();
        try
        {
            using ZipArchive zip = ZipFile.OpenRead(path);
            foreach (ZipArchiveEntry entry in zip.Entries)
            {
                string name = entry.FullName.EndsWith(".npy", StringComparison.Ordinal) ? entry.FullName[..^4] : entry.FullName;
                using Stream stream = entry.Open();
                if (!arrays.TryAdd(name, NpyArray.Read(stream, name)))
                {
                    throw new FixtureException($"There are two arrays named '{name}'.");
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException or FixtureException or FormatException or OverflowException)
        {
            throw new FixtureException($"{path} cannot be read: {e.Message}", e);
        }

        return arrays;
    }
}
