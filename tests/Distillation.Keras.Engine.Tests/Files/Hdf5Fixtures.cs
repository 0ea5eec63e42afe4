using System.IO.Compression;
using System.Text.Json.Nodes;

namespace Distillation.Keras.Engine.Tests.Files;

/// <summary>HDF5 files that h5py wrote, and what h5py reads from them.</summary>
internal static class Hdf5Fixtures
{
    private static readonly string Archive = Path.Combine(TestContext.CurrentContext.TestDirectory, "Fixtures", "hdf5", "hdf5.zip");

    /// <summary>For each file, for each dataset in it, the type and shape that a tensor has of it.</summary>
    public static JsonObject Index { get; } = JsonNode.Parse(Bytes("index.json"))!.AsObject();

    public static byte[] Bytes(string name)
    {
        using ZipArchive zip = ZipFile.OpenRead(Archive);
        using Stream entry = zip.GetEntry(name)!.Open();
        var bytes = new MemoryStream();
        entry.CopyTo(bytes);
        return bytes.ToArray();
    }
}
