using System.IO.Compression;
using System.Text.Json.Nodes;
using Distillation.Keras.Files;
using Distillation.Keras.Files.Hdf5;
using NumSharp;

namespace Distillation.Keras.Engine.Tests.Files;

/// <summary>Model files that real Keras wrote.</summary>
internal static class ModelFixtures
{
    private static readonly string Folder = Path.Combine(TestContext.CurrentContext.TestDirectory, "Fixtures", "models");

    /// <summary>The names of the files, in order.</summary>
    public static string[] Names => Of("versions.zip");

    /// <summary>Broken, hostile and odd ones.</summary>
    public static string[] Odd => Of(Path.Combine("refuse", "refuse.zip"));

    public static byte[] Bytes(string name) => Bytes("versions.zip", name);

    public static byte[] OddBytes(string name) => Bytes(Path.Combine("refuse", "refuse.zip"), name);

    /// <summary>The HDF5 in a file, whichever form it has.</summary>
    public static Hdf5Group Root(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        if (path.EndsWith(".keras", StringComparison.Ordinal))
        {
            using KerasArchive archive = KerasArchive.Open(new MemoryStream(bytes));
            using Stream weights = archive.OpenWeights();
            var copy = new MemoryStream();
            weights.CopyTo(copy);
            return Hdf5File.Read(copy);
        }

        return Hdf5File.Read(new MemoryStream(bytes));
    }

    /// <summary>What Keras says of a model.</summary>
    public static JsonNode Expected(string name) => JsonNode.Parse(File.ReadAllBytes(Path.Combine(Folder, "models.json")))![name]!;

    /// <summary>An array of Keras', which the caller disposes.</summary>
    public static NDArray Array(string name)
    {
        IReadOnlyDictionary<string, NDArray> all = NpzArchive.Read(Path.Combine(Folder, "models.npz"));
        foreach ((string other, NDArray array) in all.Where(a => a.Key != name))
        {
            array.Dispose();
        }

        return all[name];
    }

    private static string[] Of(string archive)
    {
        using ZipArchive zip = ZipFile.OpenRead(Path.Combine(Folder, archive));
        return [.. zip.Entries.Select(e => e.FullName).Order(StringComparer.Ordinal)];
    }

    private static byte[] Bytes(string archive, string name)
    {
        using ZipArchive zip = ZipFile.OpenRead(Path.Combine(Folder, archive));
        using Stream entry = zip.GetEntry(name)!.Open();
        var bytes = new MemoryStream();
        entry.CopyTo(bytes);
        return bytes.ToArray();
    }
}
