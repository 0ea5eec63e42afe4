using System.IO.Compression;
using System.Text.Json.Nodes;
using Distillation.Keras.Files.Hdf5;

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
            && !n.StartsWith("lstm", StringComparison.Ordinal)
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
            Assert.That(Lines(ModelFixtures.Root(again)), Is.EqualTo(Lines(ModelFixtures.Root(path))));
            if (name.EndsWith(".keras", StringComparison.Ordinal))
            {
                Assert.That(Plain(Member(again, "config.json")), Is.EqualTo(Plain(Member(path, "config.json"))));
                Assert.That(
                    Member(again, "metadata.json").AsObject().Select(p => p.Key),
                    Is.EquivalentTo(Member(path, "metadata.json").AsObject().Select(p => p.Key))
                );
            }
        }
    }

    private static IEnumerable<string> Weights =>
        ModelFixtures.Names.Where(n =>
            n.Split('.') is [_, "weights", "h5"]
            && ModelFixtures.Names.Contains(n.Replace(".weights.h5", ".keras", StringComparison.Ordinal))
            && !n.StartsWith("quantized", StringComparison.Ordinal)
            && !n.StartsWith("lstm", StringComparison.Ordinal)
        );

    [TestCaseSource(nameof(Weights))]
    public void Weights_alone_have_the_same_groups_and_arrays(string name)
    {
        string whole = name.Replace(".weights.h5", ".keras", StringComparison.Ordinal);
        var model = Model.Load(_folder.Write(ModelFixtures.Bytes(whole), whole));
        model.SaveWeights(_folder["again.weights.h5"]);
        string path = _folder.Write(ModelFixtures.Bytes(name), name);
        Assert.That(Lines(ModelFixtures.Root(_folder["again.weights.h5"])), Is.EqualTo(Lines(ModelFixtures.Root(path))));
    }

    /// <summary>What a file holds, a line for each group, attribute and array, with the bytes of the arrays.</summary>
    internal static IEnumerable<string> Lines(Hdf5Group root)
    {
        var lines = new List<string>();
        Visit(root);
        return lines.Order(StringComparer.Ordinal);

        void Visit(Hdf5Object stored)
        {
            foreach ((string name, Hdf5Attribute attribute) in stored.Attributes)
            {
                bool isText = attribute.Type.Kind is Hdf5Kind.Text or Hdf5Kind.FixedText;
                string value =
                    !isText ? $"{attribute.Type} {attribute.Shape?.Length}"
                    : attribute.IsList ? string.Join("|", attribute.List)
                    : attribute.Text.StartsWith('{') ? Plain(JsonNode.Parse(attribute.Text)!)
                    : attribute.Text;
                lines.Add($"{stored.Path} @{name} {attribute.Type.Kind} {value}");
            }

            if (stored is Hdf5Dataset dataset)
            {
                byte[] bytes = new byte[dataset.Bytes];
                dataset.Read(bytes);
                lines.Add($"{stored.Path} {dataset.Type} {Hdf5Shape.Text(dataset.Shape)} {Convert.ToHexString(bytes)}");
                return;
            }

            lines.Add($"{stored.Path} group");
            foreach (Hdf5Object child in ((Hdf5Group)stored).Children.Values)
            {
                Visit(child);
            }
        }
    }

    private static JsonNode Member(string path, string member)
    {
        using ZipArchive zip = ZipFile.OpenRead(path);
        using Stream stream = zip.GetEntry(member)!.Open();
        return JsonNode.Parse(stream)!;
    }

    // Sorted, without the addresses that Python's objects had, and with numbers that are equal alike.
    private static string Plain(JsonNode node)
    {
        return Sorted(node)?.ToJsonString() ?? "null";

        static JsonNode? Sorted(JsonNode? node) =>
            node switch
            {
                JsonObject o => new JsonObject(
                    o.Where(p => p.Key != "shared_object_id")
                        .OrderBy(p => p.Key, StringComparer.Ordinal)
                        .Select(p => KeyValuePair.Create(p.Key, Sorted(p.Value)))
                ),
                JsonArray a => new JsonArray([.. a.Select(Sorted)]),
                JsonValue v when v.TryGetValue(out double number) => JsonValue.Create(number),
                _ => node?.DeepClone(),
            };
    }
}
