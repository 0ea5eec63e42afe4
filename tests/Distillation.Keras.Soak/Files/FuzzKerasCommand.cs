using System.Globalization;
using System.IO.Compression;
using Distillation.Keras.Testing;

namespace Distillation.Keras.Soak.Files;

/// <summary>Damages model files in many ways and reads them: they load or are refused in words.</summary>
internal sealed class FuzzKerasCommand : SoakCommand
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestFile = TimeSpan.FromSeconds(5);

    private static readonly string Fixtures = Path.Combine(Repository.Root, "tests", "Fixtures");

    public override string Name => "fuzz-keras";

    public override string Summary => "reads damaged model files, which load or are refused";

    public override string Unit => "files";

    public override long Run(long? times, TextWriter output)
    {
        (string Name, byte[] Bytes)[] files = [.. Files().Where(f => f.Bytes.Length is > 16 and < 1 << 20)];
        string[] folders = Directory.GetDirectories(Path.Combine(Fixtures, "tfjs"));
        string folder = Directory.CreateTempSubdirectory("fuzz-keras-").FullName;
        long failed = 0;
        long start = Environment.TickCount64;
        try
        {
            for (int seed = 0; times is long count ? seed < count : Environment.TickCount64 - start < Longest.TotalMilliseconds; seed++)
            {
                var random = new Random(seed);
                if (random.Next(8) == 0)
                {
                    string model = folders[random.Next(folders.Length)];
                    DamageOneOf(model, folder, random);
                    failed += IsRefusedOrLoads(Path.Combine(folder, "model.json"), Path.GetFileName(model), seed, output) ? 0 : 1;
                }
                else
                {
                    (string name, byte[] bytes) = files[random.Next(files.Length)];
                    Damage(Path.Combine(folder, name), bytes, random);
                    failed += IsRefusedOrLoads(Path.Combine(folder, name), name, seed, output) ? 0 : 1;
                }

                Array.ForEach(Directory.GetFiles(folder), File.Delete);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return failed;
    }

    private static void Damage(string path, byte[] bytes, Random random)
    {
        bool isMember = path.EndsWith(".keras", StringComparison.Ordinal) && IsArchive(bytes) && random.Next(4) > 0;
        File.WriteAllBytes(path, isMember ? FileMutations.OfMember(bytes, random) : FileMutations.Of(bytes, random));
    }

    // A model of TensorFlow.js: its text, or a file of its weights.
    private static void DamageOneOf(string model, string folder, Random random)
    {
        string[] files = [.. Directory.GetFiles(model).Order(StringComparer.Ordinal)];
        string chosen = random.Next(4) == 0 ? files[random.Next(files.Length)] : Path.Combine(model, "model.json");
        foreach (string file in files)
        {
            byte[] bytes = File.ReadAllBytes(file);
            string copy = Path.Combine(folder, Path.GetFileName(file));
            File.WriteAllBytes(
                copy,
                file != chosen ? bytes
                    : bytes.Length < 16 ? bytes[1..]
                    : FileMutations.Of(bytes, random)
            );
        }
    }

    private static bool IsRefusedOrLoads(string path, string name, int seed, TextWriter output)
    {
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
        string models = Path.Combine(Fixtures, "models");
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
