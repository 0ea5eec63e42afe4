using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Distillation.Keras.NativeProbe;

namespace Distillation.Keras.Engine.Tests.Files;

/// <summary>
/// Files that were made to fill the memory, to end the process or to keep it busy are refused in words, within 1 GiB and five seconds of
/// the processor. A process of its own reads them: what would end it fails the test.
/// </summary>
[TestFixture]
[Platform("Linux")]
public sealed class HostileFileTests
{
    private const int MostMilliseconds = 5000;
    private const int MostMib = 1024;

    private TemporaryFolder _folder = null!;

    [OneTimeSetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [OneTimeTearDown]
    public void TearDown() => _folder.Dispose();

    /// <summary>All that Keras 3.15.1 was tried with.</summary>
    [Test]
    public async Task Files_that_Keras_was_tried_with_are_read_or_refused()
    {
        var lines = new List<string>();
        string model = _folder.Write(ModelFixtures.OddBytes("_base.keras"), "odd", "_base.keras");
        foreach (string name in ModelFixtures.Odd.Where(n => !n.StartsWith("neighbour", StringComparison.Ordinal)))
        {
            string path = _folder.Write(ModelFixtures.OddBytes(name), "odd", name);
            lines.AddRange(Weights(model, path));
            if (!name.EndsWith(".weights.h5", StringComparison.Ordinal))
            {
                lines.Add($"model\t{path}");
            }
        }

        string[][] outcomes = await Read(lines);
        Assert.That(outcomes.Count(o => o[0] == ReadProbe.Refused), Is.GreaterThan(150));
    }

    [Test]
    public async Task Configurations_that_ask_for_too_much_are_refused()
    {
        string model = _folder.Write(ModelFixtures.OddBytes("_base.keras"), "_base.keras");
        (string Name, string Config, string Said)[] configs = [.. HostileModels.Configs()];
        string[] paths =
        [
            .. configs.Select(c => _folder.Write(HostileModels.Archive(c.Config), "configs", $"{c.Name}.keras")),
            .. Bombs().Select(b => _folder.Write(b.Bytes, "configs", $"{b.Name}.keras")),
        ];
        string[][] outcomes = await Read([.. paths[..^2].Select(p => $"model\t{p}"), .. paths[^2..].Select(p => $"weights\t{model}\t{p}")]);
        using (Assert.EnterMultipleScope())
        {
            for (int i = 0; i < paths.Length; i++)
            {
                string said = i < configs.Length ? configs[i].Said : "of the archive";
                Assert.That(outcomes[i][0], Is.EqualTo(said.Length == 0 ? ReadProbe.Loaded : ReadProbe.Refused), paths[i]);
                Assert.That(outcomes[i][3].Replace(paths[i], string.Empty, StringComparison.Ordinal), Does.Contain(said), paths[i]);
            }
        }
    }

    [Test]
    public async Task Weights_that_ask_for_too_much_or_lead_elsewhere_are_refused()
    {
        string model = _folder.Write(ModelFixtures.OddBytes("_base.keras"), "_base.keras");
        var lines = new List<string>();
        foreach ((string name, byte[] bytes) in HostileWeights.Hdf5())
        {
            lines.AddRange(Weights(model, _folder.Write(bytes, "weights", name)));
        }

        string sharded = _folder.Write(ModelFixtures.Bytes("sharded.keras"), "shards", "sharded.keras");
        Directory.CreateDirectory(_folder["shards", "folder"]);
        foreach (string shard in (string[])["sharded_00000.weights.h5", "sharded_00001.weights.h5"])
        {
            _folder.Write(ModelFixtures.Bytes(shard), "shards", shard);
            _folder.Write(ModelFixtures.Bytes(shard), shard);
        }

        foreach ((string name, string text) in HostileWeights.Indexes())
        {
            string path = _folder.Write(Encoding.UTF8.GetBytes(text), "shards", $"{name}.weights.json");
            lines.Add($"weights\t{sharded}\t{path}");
        }

        string sound = TensorFlowJsFixtures.Copy("adam", _folder);
        foreach ((string name, Action<JsonObject> change) in HostileWeights.TensorFlowJs())
        {
            JsonObject json = JsonNode.Parse(File.ReadAllText(sound))!.AsObject();
            change(json);
            string path = _folder.Write(Encoding.UTF8.GetBytes(json.ToJsonString()), "adam", $"{name}.json");
            lines.Add($"model\t{path}");
            if (name != "units")
            {
                lines.Add($"weights\t{sound}\t{path}");
            }
        }

        string[][] outcomes = await Read(lines);
        IEnumerable<string> loaded = lines.Where((_, i) => outcomes[i][0] != ReadProbe.Refused);
        Assert.That(loaded.Where(l => !l.Contains("many_groups.weights.h5\tskip_mismatch", StringComparison.Ordinal)), Is.Empty);
    }

    private static IEnumerable<string> Weights(string model, string path) =>
        ((string[])["", "\tby_name", "\tskip_mismatch", "\tby_name\tskip_mismatch"]).Select(how => $"weights\t{model}\t{path}{how}");

    private static IEnumerable<(string Name, byte[] Bytes)> Bombs()
    {
        byte[] config = HostileModels.Bomb("config.json", 1200);
        yield return ("bomb", config);
        yield return ("bomb_that_says_less", HostileModels.WithSize(config, 1000));
        byte[] weights = HostileModels.Bomb("model.weights.h5", 1);
        yield return ("weights_that_say_more", HostileModels.WithSize(weights, uint.MaxValue - 1));
        yield return ("weights_that_say_less", HostileModels.WithSize(weights, 1000));
    }

    // Each outcome with the milliseconds and MiB, and what was said, which names the file.
    private async Task<string[][]> Read(List<string> lines)
    {
        string[] warm =
        [
            $"model\t{_folder.Write(ModelFixtures.OddBytes("_base.keras"), "_base.keras")}",
            $"model\t{_folder.Write(ModelFixtures.OddBytes("_base.h5"), "_base.h5")}",
        ];
        string[] printed = await FileProbe.Lines(_folder["cache"], [.. warm, .. lines], "read");
        string[][] outcomes = [.. printed.Skip(warm.Length).Select(l => l.Split('\t'))];
        using (Assert.EnterMultipleScope())
        {
            for (int i = 0; i < lines.Count; i++)
            {
                string[] outcome = outcomes[i];
                TestContext.Out.WriteLine($"{string.Join(' ', outcome[..3])} {lines[i]} {outcome[3][..Math.Min(400, outcome[3].Length)]}");
                Assert.That(outcome[0], Is.AnyOf(ReadProbe.Loaded, ReadProbe.Refused), () => $"{lines[i]}: {outcome[3]}");
                Assert.That(long.Parse(outcome[1], CultureInfo.InvariantCulture), Is.LessThan(MostMilliseconds), lines[i]);
                Assert.That(long.Parse(outcome[2], CultureInfo.InvariantCulture), Is.LessThan(MostMib), lines[i]);
                Assert.That(outcome[3].Length, Is.LessThan(2000), "the words are for people");
                if (outcome[0] == ReadProbe.Refused)
                {
                    string path = lines[i].Split('\t').Last(w => w.Contains('/', StringComparison.Ordinal));
                    Assert.That(outcome[3], Does.Contain(path).And.Length.GreaterThan(path.Length + 60), lines[i]);
                }
            }
        }

        return outcomes;
    }
}
