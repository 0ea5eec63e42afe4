using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Distillation.Keras.Engine.Tests.Files;

/// <summary>A file of Keras 3.15.1 that is loaded and saved again has what it had.</summary>
[TestFixture]
public sealed class SavedFileTests
{
    private TemporaryFolder _folder = null!;

    private static IEnumerable<string> Saved =>
        ModelFixtures.Names.Where(n =>
            n.Split('.').Length == 2
            && (n.EndsWith(".keras", StringComparison.Ordinal) || n.EndsWith(".h5", StringComparison.Ordinal))
            && !n.StartsWith("quantized", StringComparison.Ordinal)
            && !n.StartsWith("sharded_", StringComparison.Ordinal)
        );

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [TestCaseSource(nameof(Saved))]
    public void It_has_the_same_groups_arrays_and_configurations(string name)
    {
        string path = _folder.Write(ModelFixtures.Bytes(name), name);
        string again = _folder["again" + Path.GetExtension(name)];
        var model = Model.Load(path);
        model.Save(again);
        model.Release();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(FileContents.Lines(ModelFixtures.Root(again)), Is.EqualTo(FileContents.Lines(ModelFixtures.Root(path))));
            if (name.EndsWith(".keras", StringComparison.Ordinal))
            {
                Assert.That(FileContents.Plain(Member(again, "config.json")), Is.EqualTo(FileContents.Plain(Member(path, "config.json"))));
                Assert.That(
                    Member(again, "metadata.json").AsObject().Select(p => p.Key),
                    Is.EquivalentTo(Member(path, "metadata.json").AsObject().Select(p => p.Key))
                );
                Assert.That(OfAnotherKind(Member(path, "config.json"), Member(again, "config.json"), "$"), Is.Empty);
            }
        }
    }

    private static IEnumerable<string> Weights =>
        ModelFixtures.Names.Where(n =>
            n.Split('.') is [_, "weights", "h5"]
            && ModelFixtures.Names.Contains(n.Replace(".weights.h5", ".keras", StringComparison.Ordinal))
            && !n.StartsWith("quantized", StringComparison.Ordinal)
        );

    [TestCaseSource(nameof(Weights))]
    public void Weights_alone_have_the_same_groups_and_arrays(string name)
    {
        string whole = name.Replace(".weights.h5", ".keras", StringComparison.Ordinal);
        var model = Model.Load(_folder.Write(ModelFixtures.Bytes(whole), whole));
        model.SaveWeights(_folder["again.weights.h5"]);
        string path = _folder.Write(ModelFixtures.Bytes(name), name);
        Assert.That(
            FileContents.Lines(ModelFixtures.Root(_folder["again.weights.h5"])),
            Is.EqualTo(FileContents.Lines(ModelFixtures.Root(path)))
        );
    }

    // Python reads 1 as an integer and 1.0 as a real number, and Keras refuses an integer as a rate.
    private static IEnumerable<string> OfAnotherKind(JsonNode? expected, JsonNode? found, string path) =>
        (expected, found) switch
        {
            (JsonObject a, JsonObject b) => a.SelectMany(p => OfAnotherKind(p.Value, b[p.Key], $"{path}.{p.Key}")),
            (JsonArray a, JsonArray b) => a.Zip(b).SelectMany((p, i) => OfAnotherKind(p.First, p.Second, $"{path}[{i}]")),
            (JsonValue a, JsonValue b) when a.GetValueKind() is JsonValueKind.Number && IsReal(a) != IsReal(b) => [path],
            _ => [],
        };

    private static bool IsReal(JsonValue number) => number.ToJsonString().AsSpan().ContainsAny('.', 'e', 'E');

    private static JsonNode Member(string path, string member)
    {
        using ZipArchive zip = ZipFile.OpenRead(path);
        using Stream stream = zip.GetEntry(member)!.Open();
        return JsonNode.Parse(stream)!;
    }
}
