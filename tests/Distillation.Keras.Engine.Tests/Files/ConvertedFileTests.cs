using System.IO.Compression;
using System.Text.Json.Nodes;
using Distillation.Keras.Files;
using Distillation.Keras.Files.Hdf5;
using Distillation.Keras.Files.Legacy;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Files;

/// <summary>Files that Keras wrote, in the form that tensorflowjs 4.22.0 converts them to, are the models that they were.</summary>
/// <remarks>Source: <c>tfjs-converter/python/tensorflowjs/converters/keras_h5_conversion.py</c>.</remarks>
[TestFixture]
public sealed class ConvertedFileTests
{
    private static readonly string[] Removed = ["module", "registered_name", "date_saved"];

    private TemporaryFolder _folder = null!;

    // Left out: weights alone, what is not read at all, types that tensorflowjs makes float32 of, adapted kernels, which begin anew with
    // each reading, Keras 3.0, whose .h5 has the same names for the weights of all layers, and Keras 2.13, which gives layers in a .keras
    // other numbers: whose weights they are is not known then.
    private static IEnumerable<string> Files =>
        ModelFixtures.Names.Where(n =>
            (n.EndsWith(".keras", StringComparison.Ordinal) || n.EndsWith(".h5", StringComparison.Ordinal))
            && !n.Contains("weights.", StringComparison.Ordinal)
            && !n.StartsWith("policy_float64", StringComparison.Ordinal)
            && !n.EndsWith(".k3.0.5.h5", StringComparison.Ordinal)
            && !n.EndsWith(".k2.13.1.keras", StringComparison.Ordinal)
            && !n.Contains(".k1.", StringComparison.Ordinal)
            && !n.StartsWith("quantized", StringComparison.Ordinal)
            && !n.StartsWith("lora", StringComparison.Ordinal)
            && !n.StartsWith("sharded_", StringComparison.Ordinal)
        );

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [TestCaseSource(nameof(Files))]
    public void A_converted_file_is_the_same_model(string name)
    {
        string path = _folder.Write(ModelFixtures.Bytes(name), name);
        Hdf5Group root = ModelFixtures.Root(path);
        (string Name, StoredArray Array)[] arrays;
        var topology = new JsonObject();
        if (name.EndsWith(".keras", StringComparison.Ordinal))
        {
            topology["keras_version"] = (string?)Member(path, "metadata.json")["keras_version"];
            topology["model_config"] = Without(Member(path, "config.json"));
            arrays = [.. Places(root, string.Empty)];
        }
        else
        {
            topology["keras_version"] = root.Attributes["keras_version"].Text;
            topology["model_config"] = JsonNode.Parse(root.Attributes["model_config"].Text);
            topology["training_config"] = root.Attributes.TryGetValue("training_config", out Hdf5Attribute? training)
                ? JsonNode.Parse(training.Text)
                : null;
            arrays = [.. Leaves(root.Group("model_weights")!)];
        }

        Convert(topology, arrays);

        var expected = Model.Load(path);
        var model = Model.Load(_folder["model.json"]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Values(model), Is.EqualTo(Values(expected)));
            Assert.That(model.OptimizerOrNull?.GetType(), Is.EqualTo(expected.OptimizerOrNull?.GetType()));
            Assert.That(
                model.GetCompileConfig()?["loss"]?.ToJsonString(),
                Is.EqualTo(expected.GetCompileConfig()?["loss"]?.ToJsonString())
            );
            if (name.EndsWith(".keras", StringComparison.Ordinal))
            {
                Assert.That(model.OptimizerOrNull?.Iterations, Is.EqualTo(expected.OptimizerOrNull?.Iterations));
            }

            Assert.That(model.LoadWarnings, Is.Empty);
        }
    }

    private void Convert(JsonObject topology, (string Name, StoredArray Array)[] arrays)
    {
        var bytes = new MemoryStream();
        var entries = new JsonArray();
        foreach ((string name, StoredArray array) in arrays)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor read = array.Read();
            Tensor values = read.to(read.is_floating_point() ? ScalarType.Float32 : ScalarType.Int32);
            if (values.numel() > 0)
            {
                bytes.Write(values.bytes);
            }

            entries.Add(
                new JsonObject
                {
                    ["name"] = name,
                    ["shape"] = new JsonArray([.. array.Shape.Select(s => (JsonNode)s)]),
                    ["dtype"] = read.is_floating_point() ? "float32" : "int32",
                }
            );
        }

        _folder.Write(bytes.ToArray(), "group1-shard1of1.bin");
        var json = new JsonObject
        {
            ["format"] = "layers-model",
            ["modelTopology"] = topology,
            ["weightsManifest"] = new JsonArray(
                new JsonObject { ["paths"] = new JsonArray("group1-shard1of1.bin"), ["weights"] = entries }
            ),
        };
        File.WriteAllText(_folder["model.json"], json.ToJsonString());
    }

    // All arrays under their whole names.
    private static IEnumerable<(string Name, StoredArray Array)> Places(Hdf5Group group, string path) =>
        group.Children.SelectMany(c =>
            c.Value switch
            {
                Hdf5Dataset dataset => [(path + c.Key, StoredArray.Of(dataset))],
                Hdf5Group below => Places(below, $"{path}{c.Key}/"),
                _ => Enumerable.Empty<(string, StoredArray)>(),
            }
        );

    // The arrays that the layers' attributes list, layer by layer in the order of their names.
    private static IEnumerable<(string Name, StoredArray Array)> Leaves(Hdf5Group group) =>
        group.Attributes.ContainsKey(LegacyWeights.WeightNames)
            ? LegacyWeights
                .List(group, LegacyWeights.WeightNames)
                .Zip(LegacyWeights.Arrays(group), (n, a) => (n.EndsWith(":0", StringComparison.Ordinal) ? n[..^2] : n, a))
            : group.Groups.OrderBy(g => g.Key, StringComparer.Ordinal).SelectMany(g => Leaves((Hdf5Group)g.Value));

    private static JsonNode? Without(JsonNode? node) =>
        node switch
        {
            JsonObject o => new JsonObject(
                o.Where(p => !Removed.Contains(p.Key)).Select(p => KeyValuePair.Create(p.Key, Without(p.Value)))
            ),
            JsonArray all => new JsonArray([.. all.Select(Without)]),
            _ => node?.DeepClone(),
        };

    private static JsonObject Member(string path, string name)
    {
        using ZipArchive zip = ZipFile.OpenRead(path);
        using Stream member = zip.GetEntry(name)!.Open();
        return JsonNode.Parse(member)!.AsObject();
    }

    private static double[] Values(Model model) =>
        [.. model.Weights.SelectMany(w => w.Value.to(ScalarType.Float64).data<double>().ToArray())];
}
