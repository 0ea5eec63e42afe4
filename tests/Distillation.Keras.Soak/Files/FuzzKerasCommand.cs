using System.Globalization;
using System.IO.Compression;
using Distillation.Keras.Testing;
using TorchSharp;

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

    public override long Run(long? times, int seed, TextWriter output)
    {
        (string Name, byte[] Bytes)[] files = [.. Files().Where(f => f.Bytes.Length is > 16 and < 1 << 20)];
        Dictionary<string, byte[]> sound = files.DistinctBy(f => f.Name).ToDictionary(f => f.Name, f => f.Bytes);
        string[] folders = Directory.GetDirectories(Path.Combine(Fixtures, "tfjs"));
        string folder = Directory.CreateTempSubdirectory("fuzz-keras-").FullName;
        long failed = 0;
        long start = Environment.TickCount64;
        try
        {
            for (int i = 0; times is long count ? i < count : Environment.TickCount64 - start < Longest.TotalMilliseconds; i++)
            {
                int current = unchecked(seed + i);
                var random = new Random(current);
                string name;
                string? whole = null;
                if (random.Next(8) == 0)
                {
                    string model = folders[random.Next(folders.Length)];
                    DamageOneOf(model, folder, random);
                    whole = random.Next(2) == 0 ? Path.Combine(model, "model.json") : null;
                    name = "model.json";
                }
                else if (random.Next(16) == 0)
                {
                    name = DamageShards(sound, folder, random);
                    whole = Path.Combine(folder, "sharded.keras");
                }
                else
                {
                    (name, byte[] bytes) = files[random.Next(files.Length)];
                    Damage(Path.Combine(folder, name), bytes, random);
                    whole = random.Next(2) == 0 ? WholeOf(name, sound, folder) : null;
                }

                string path = Path.Combine(folder, name);
                failed += IsRefusedOrRead(
                    () => Read(path, whole, random),
                    string.Create(CultureInfo.InvariantCulture, $"{name}, seed {current}"),
                    output
                )
                    ? 0
                    : 1;
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

    // One of the shards or their index is damaged.
    private static string DamageShards(Dictionary<string, byte[]> sound, string folder, Random random)
    {
        string[] names = [.. sound.Keys.Where(n => n.StartsWith("sharded", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        string[] parts = [.. names.Where(n => n is "sharded.weights.json" || n.StartsWith("sharded_", StringComparison.Ordinal))];
        string chosen = parts[random.Next(parts.Length)];
        foreach (string name in names)
        {
            File.WriteAllBytes(Path.Combine(folder, name), name == chosen ? FileMutations.Of(sound[name], random) : sound[name]);
        }

        return "sharded.weights.json";
    }

    // A sound model whose weights, or a form of them, are in a file; null where there is none.
    private static string? WholeOf(string name, Dictionary<string, byte[]> sound, string folder)
    {
        string stem = name;
        foreach (string ending in (string[])[".old_weights.h5", ".weights.h5", ".h5", ".keras"])
        {
            stem = stem.EndsWith(ending, StringComparison.Ordinal) ? stem[..^ending.Length] : stem;
        }

        string? whole = ((string[])[stem + ".keras", stem + ".h5", "_base.keras"]).FirstOrDefault(sound.ContainsKey);
        if (whole is null)
        {
            return null;
        }

        string path = Path.Combine(folder, "whole-" + whole);
        File.WriteAllBytes(path, sound[whole]);
        return path;
    }

    private static void Read(string path, string? whole, Random random)
    {
        if (whole is null)
        {
            Model.Load(path).Release();
            return;
        }

        Model model;
        try
        {
            model = Model.Load(whole);
        }
        catch (ModelFormatException)
        {
            // A fixture that is refused itself.
            return;
        }

        using (torch.NewDisposeScope())
        {
            foreach (Variable variable in model.Weights.Concat(State(model)))
            {
                variable.Assign(torch.ones_like(variable.Value));
            }
        }

        byte[][] before = Values(model);
        try
        {
            model.LoadWeights(path, by_name: random.Next(3) == 0, skip_mismatch: random.Next(3) == 0);
        }
        catch (ModelFormatException)
        {
            byte[][] after = Values(model);
            if (before.Length != after.Length || before.Zip(after).Any(v => !v.First.AsSpan().SequenceEqual(v.Second)))
            {
                throw new InvalidDataException("Weights that were refused changed the model.");
            }
        }
        finally
        {
            model.Release();
        }
    }

    private static byte[][] Values(Model model) => [.. model.Weights.Concat(State(model)).Select(v => v.Value.bytes.ToArray())];

    private static IReadOnlyList<Variable> State(Model model) => model.IsCompiled ? model.Optimizer.Variables : [];

    private static bool IsRefusedOrRead(Action read, string what, TextWriter output)
    {
        long start = Environment.TickCount64;
        try
        {
            read();
        }
        catch (ModelFormatException)
        {
            // As it should be.
        }
        catch (Exception e)
        {
            output.WriteLine($"{what}: {e}");
            return false;
        }

        if (Environment.TickCount64 - start > LongestFile.TotalMilliseconds)
        {
            output.WriteLine($"{what}: it took too long");
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
