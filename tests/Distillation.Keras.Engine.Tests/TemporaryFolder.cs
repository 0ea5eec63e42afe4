namespace Distillation.Keras.Engine.Tests;

/// <summary>A folder of its own for a test or a class of tests, gone afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("distillation-keras-tests-").FullName;

    public string this[params string[] parts] => Path.Combine([Root, .. parts]);

    public string Write(byte[] content, params string[] parts)
    {
        string path = this[parts];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
