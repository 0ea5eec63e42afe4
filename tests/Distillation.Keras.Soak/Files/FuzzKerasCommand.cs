using System.Globalization;
using System.IO.Compression;
using Distillation.Keras.Testing;

namespace Distillation.Keras.Soak.Files;

/// <summary>Damages model files in many ways and reads them: they load or are refused in words.</summary>
internal sealed class FuzzKerasCommand : SoakCommand
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestFile = TimeSpan.FromSeconds(5);

    public override string Name => "fuzz-keras";

    public override string Summary => "reads damaged model files, which load or are refused";

    public override string Unit => "files";

    public override long Run(long? times, TextWriter output)
    {
        (string Name, byte[] Bytes)[] files = [.. Files().Where(f => f.Bytes.Length is > 16 and < 1 << 20)];
        string folder = Directory.CreateTempSubdirectory("fuzz-keras-").FullName;
        long failed = 0;
        long start = Environment.TickCount64;
        try
        {
            for (int seed = 0; times is long count ? seed < count : Environment.TickCount64 - start < Longest.TotalMilliseconds; seed++)
            {
                var random = new Random(seed);
                (string name, byte[] bytes) = files[random.Next(files.Length)];
                failed += IsRefusedOrLoads(Path.Combine(folder, name), name, bytes, random, seed, output) ? 0 : 1;
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return failed;
    }

    private static bool IsRefusedOrLoads(string path, string name, byte[] bytes, Random random, int seed, TextWriter output)
    {
        bool isMember = name.EndsWith(".keras", StringComparison.Ordinal) && IsArchive(bytes) && random.Next(4) > 0;
        File.WriteAllBytes(path, isMember ? FileMutations.OfMember(bytes, random) : FileMutations.Of(bytes, random));
        long start = Environment.TickCount64;
        try
        {
            Model.Load(path).Release();
        }
        catch (ModelFormatException)
        {
            // As it should be.
        }
        catch (Exception e)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}, seed {seed}: {e}"));
            return false;
        }
        finally
        {
            File.Delete(path);
        }

        if (Environment.TickCount64 - start > LongestFile.TotalMilliseconds)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}, seed {seed}: it took too long"));
            return false;
        }

        return true;
    }

    private static bool IsArchive(byte[] bytes)
    {
        try
        {
            using var zip = new ZipArchive(new MemoryStream(bytes));
            return zip.Entries.Count > 0 && zip.Entries.Sum(e => e.Length) < 1 << 24;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static IEnumerable<(string Name, byte[] Bytes)> Files()
    {
        string models = Path.Combine(Repository.Root, "tests", "Fixtures", "models");
        foreach (string archive in (string[])["versions.zip", Path.Combine("refuse", "refuse.zip")])
        {
            using ZipArchive zip = ZipFile.OpenRead(Path.Combine(models, archive));
            foreach (ZipArchiveEntry entry in zip.Entries)
            {
                using Stream stream = entry.Open();
                var bytes = new MemoryStream();
                stream.CopyTo(bytes);
                yield return (entry.Name, bytes.ToArray());
            }
        }
    }
}
