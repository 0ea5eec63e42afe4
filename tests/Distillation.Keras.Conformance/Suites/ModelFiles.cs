using System.IO.Compression;

namespace Distillation.Keras.Conformance;

/// <summary>The model files of a fixture: beside its JSON, or in <c>versions.zip</c>.</summary>
internal sealed class ModelFiles : IDisposable
{
    private readonly string _folder;
    private readonly string _unpacked = Directory.CreateTempSubdirectory("conformance-").FullName;

    public ModelFiles(string folder, string archive)
    {
        _folder = folder;
        string zip = Path.Combine(folder, archive);
        if (File.Exists(zip))
        {
            ZipFile.ExtractToDirectory(zip, _unpacked);
        }
    }

    /// <summary>A folder of its own, for what is written.</summary>
    public string Scratch => Directory.CreateDirectory(Path.Combine(_unpacked, "scratch")).FullName;

    /// <summary>Where a file is.</summary>
    /// <exception cref="FixtureException">It is not there.</exception>
    public string PathOf(string name) =>
        new[] { Path.Combine(_folder, name), Path.Combine(_unpacked, name) }.FirstOrDefault(File.Exists)
        ?? throw new FixtureException($"There is no file '{name}'.");

    public void Dispose() => Directory.Delete(_unpacked, recursive: true);
}
