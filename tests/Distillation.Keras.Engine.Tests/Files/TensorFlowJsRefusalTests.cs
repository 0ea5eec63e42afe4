using System.Text;
using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using TorchSharp;

namespace Distillation.Keras.Engine.Tests.Files;

/// <summary>Models of TensorFlow.js that are not in order are refused by their name and the reason, and nothing is loaded.</summary>
[TestFixture]
public sealed class TensorFlowJsRefusalTests
{
    private const string Weights = "weights.bin";

    private static readonly Dictionary<string, (Action<JsonObject> Change, string Reason)> Changes = new(StringComparer.Ordinal)
    {
        ["graph model"] = (j => j["format"] = "graph-model", "graph model"),
        ["old graph model"] = (j => Replace(j, new JsonObject { ["node"] = new JsonArray() }), "graph model"),
        ["another format"] = (j => j["format"] = "other", "'format'"),
        ["no manifest"] = (j => j.Remove("weightsManifest"), "weightsManifest"),
        ["manifest of another kind"] = (j => j["weightsManifest"] = new JsonObject(), "list"),
        ["group of another kind"] = (j => j["weightsManifest"] = new JsonArray(1), "object"),
        ["no topology"] = (j => j.Remove("modelTopology"), "weights alone"),
        ["topology of another kind"] = (j => Replace(j, 3), "modelTopology"),
        ["topology that is no JSON"] = (j => Replace(j, "{"), "modelTopology"),
        ["topology without a class"] = (j => Replace(j, new JsonObject()), "class"),
        ["unknown layer"] = (j => Layer(j)["class_name"] = "LSTM", "LSTM"),
        ["unknown argument"] = (j => Layer(j)["config"]!["rank"] = 2, "rank"),
        ["unknown activation"] = (j => Layer(j)["config"]!["activation"] = "geluNew", "geluNew"),
        ["more weights than the file has"] = (j => Layer(j)["config"]!["units"] = 1 << 30, "hidden"),
        ["other weights than the file has"] = (j => Layer(j)["config"]!["units"] = 5, "(4, 5)"),
        ["parent folder"] = (j => Paths(j)[0] = "../" + Weights, "not followed"),
        ["parent folder further on"] = (j => Paths(j)[0] = "a/../../" + Weights, "not followed"),
        ["absolute path"] = (j => Paths(j)[0] = "/etc/hostname", "not followed"),
        ["backslash"] = (j => Paths(j)[0] = "..\\" + Weights, "not followed"),
        ["address"] = (j => Paths(j)[0] = "https://example.org/" + Weights, "not followed"),
        ["no name"] = (j => Paths(j)[0] = string.Empty, "not followed"),
        ["line in a name"] = (j => Paths(j)[0] = "a\nb", "not followed"),
        ["folder as a file"] = (j => Paths(j)[0] = "folder", "none beside"),
        ["missing file"] = (j => Paths(j)[0] = "other.bin", "other.bin"),
        ["the same file twice"] = (j => Paths(j).Add(Weights), "twice"),
        ["the same file by another name"] = (j => Paths(j).Add("./" + Weights), "twice"),
        ["file of another kind"] = (j => Paths(j)[0] = 1, "name"),
        ["no files"] = (j => Group(j).Remove("paths"), "'paths'"),
        ["no arrays"] = (j => Group(j).Remove("weights"), "'weights'"),
        ["too few arrays"] = (j => Group(j)["weights"]!.AsArray().RemoveAt(3), "bytes"),
        ["array twice"] = (j => Entry(j, 1)["name"] = "hidden/kernel", "hidden/kernel"),
        ["two arrays for one weight"] = (j => Entry(j, 1)["name"] = "hidden/0", "two arrays for the weight"),
        ["array of another name"] = (j => Entry(j, 1)["name"] = "hidden/biases", "hidden/biases"),
        ["array without a name"] = (j => Entry(j, 1).Remove("name"), "'name'"),
        ["no shape"] = (j => Entry(j, 1).Remove("shape"), "'shape'"),
        ["negative size"] = (j => Entry(j, 1)["shape"] = new JsonArray(-6), "whole number"),
        ["fractional size"] = (j => Entry(j, 1)["shape"] = new JsonArray(1.5), "whole number"),
        ["huge size"] = (j => Entry(j, 1)["shape"] = new JsonArray(long.MaxValue), "shape"),
        ["product beyond all numbers"] = (j => Entry(j, 1)["shape"] = new JsonArray(1L << 31, 1L << 31, 1L << 31), "shape"),
        ["product of zero"] = (j => Entry(j, 1)["shape"] = new JsonArray(0, long.MaxValue), "bytes"),
        ["shape of another rank"] = (j => Entry(j, 1)["shape"] = new JsonArray(1, 6), "(1, 6)"),
        ["no type"] = (j => Entry(j, 1).Remove("dtype"), "'dtype'"),
        ["strings"] = (j => Entry(j, 1)["dtype"] = "string", "'string'"),
        ["complex numbers"] = (j => Entry(j, 1)["dtype"] = "complex64", "'complex64'"),
        ["unknown type"] = (j => Entry(j, 1)["dtype"] = "float8", "'float8'"),
        ["quantisation of another kind"] = (j => Entry(j, 1)["quantization"] = 8, "quantization"),
        ["unknown quantisation"] = (j => Quantise(j, "int4", 1, 0), "int4"),
        ["quantisation without a type"] = (j => Entry(j, 1)["quantization"] = new JsonObject(), "'dtype'"),
        ["quantisation without a scale"] = (j => Quantise(j, "uint8", null, 0), "'scale'"),
        ["quantisation of text"] = (j => Quantise(j, "uint8", 1, "0"), "'min'"),
        ["quantised halves of whole numbers"] = (
            j =>
            {
                Quantise(j, "float16", 1, 0);
                Entry(j, 1)["dtype"] = "int32";
            },
            "float16"
        ),
        ["quantised beyond whole numbers"] = (
            j =>
            {
                Quantise(j, "uint8", 1e9, 0);
                Entry(j, 1)["dtype"] = "int32";
            },
            "int32"
        ),
        ["unknown optimizer"] = (j => j["trainingConfig"]!["optimizer_config"]!["class_name"] = "Other", "compile: false"),
        ["unknown loss"] = (j => j["trainingConfig"]!["loss"] = "other", "other"),
        ["training of another kind"] = (j => j["trainingConfig"] = 1, "trainingConfig"),
    };

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public void It_is_refused_with_the_reason([ValueSource(nameof(Cases))] string change)
    {
        string path = Changed(Changes[change].Change);
        Directory.CreateDirectory(_folder["sgd", "folder"]);
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => Model.Load(path),
                Throws.TypeOf<ModelFormatException>().With.Message.Contains(Changes[change].Reason).And.Message.Contains("model.json")
            );
            Assert.That(DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount, Is.EqualTo(before));
        }
    }

    [TestCase(-1)]
    [TestCase(1)]
    [TestCase(-1000)]
    public void Files_that_are_too_short_or_too_long_are_refused(int more)
    {
        string path = TensorFlowJsFixtures.Copy("sgd", _folder);
        byte[] bytes = File.ReadAllBytes(_folder["sgd", Weights]);
        Array.Resize(ref bytes, Math.Max(0, bytes.Length + more));
        _folder.Write(bytes, "sgd", Weights);
        Assert.That(() => Model.Load(path), Throws.TypeOf<ModelFormatException>().With.Message.Contains(Weights));
    }

    [TestCase("{\"modelTopology\": }")]
    [TestCase("{\"modelTopology\": {}, \"modelTopology\": {}}")]
    [TestCase("{\"modelTopology\": \"\\ud800\", \"weightsManifest\": []}")]
    [TestCase("{}")]
    [TestCase("{\"weight_map\": {}}")]
    public void Other_JSON_is_refused(string json) =>
        Assert.That(
            () => Model.Load(_folder.Write(Encoding.UTF8.GetBytes(json), "a.json")),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains("a.json")
        );

    [Test]
    public void Text_that_is_not_UTF_8_or_too_deep_is_refused()
    {
        byte[] latin = [.. "{\"modelTopology\": \""u8, 0xFF, .. "\"}"u8];
        string deep = $"{{\"modelTopology\": {new string('[', 100_000)}{new string(']', 100_000)}}}";
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => Model.Load(_folder.Write(latin, "a.json")),
                Throws.TypeOf<ModelFormatException>().With.Message.Contains("UTF-8")
            );
            Assert.That(
                () => Model.Load(_folder.Write(Encoding.UTF8.GetBytes(deep), "b.json")),
                Throws.TypeOf<ModelFormatException>().With.Message.Contains("b.json")
            );
        }
    }

    // Keras, which such models come from, takes other points of an image.
    [Test]
    public void A_bilinear_image_of_TensorFlow_js_is_refused_and_one_of_Keras_is_read()
    {
        string path = Changed(j =>
            Replace(
                j,
                new JsonObject
                {
                    ["class_name"] = "Sequential",
                    ["config"] = new JsonArray(
                        new JsonObject
                        {
                            ["class_name"] = "UpSampling2D",
                            ["config"] = new JsonObject
                            {
                                ["interpolation"] = "bilinear",
                                ["batch_input_shape"] = new JsonArray(null, 2, 2, 1),
                            },
                        }
                    ),
                    ["keras_version"] = "tfjs-layers 4.22.0",
                }
            )
        );
        File.WriteAllText(
            path,
            "{\"weightsManifest\": [], \"modelTopology\": " + JsonNode.Parse(File.ReadAllText(path))!["modelTopology"]!.ToJsonString() + "}"
        );
        Assert.That(() => Model.Load(path), Throws.TypeOf<ModelFormatException>().With.Message.Contains("bilinear"));

        File.WriteAllText(path, File.ReadAllText(path).Replace("tfjs-layers 4.22.0", "2.15.0", StringComparison.Ordinal));
        Assert.That(Model.Load(path).Layers.OfType<UpSampling2D>(), Has.Exactly(1).Items);
    }

    [Test]
    public void Weights_that_are_refused_leave_the_model_as_it_was()
    {
        var model = Model.Load(Path.Combine(TensorFlowJsFixtures.Folder, "sgd", "model.json"));
        byte[][] before = [.. model.Weights.Select(w => w.Value.bytes.ToArray())];
        foreach (
            string change in Cases.Where(c => Changes[c].Reason is "hidden/biases" or "two arrays for the weight" or "(1, 6)" or "bytes")
        )
        {
            string path = Changed(Changes[change].Change);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(() => model.LoadWeights(path), Throws.TypeOf<ModelFormatException>(), change);
                Assert.That(model.Weights.Select(w => w.Value.bytes.ToArray()), Is.EqualTo(before), change);
            }
        }
    }

    public static IEnumerable<string> Cases => Changes.Keys;

    private string Changed(Action<JsonObject> change)
    {
        string path = TensorFlowJsFixtures.Copy("sgd", _folder);
        JsonObject json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(json);
        File.WriteAllText(path, json.ToJsonString());
        return path;
    }

    private static void Replace(JsonObject json, JsonNode topology) => json["modelTopology"] = topology;

    private static JsonObject Layer(JsonObject json) => json["modelTopology"]!["config"]!["layers"]![0]!.AsObject();

    private static JsonObject Group(JsonObject json) => json["weightsManifest"]![0]!.AsObject();

    private static JsonArray Paths(JsonObject json) => Group(json)["paths"]!.AsArray();

    private static JsonObject Entry(JsonObject json, int i) => Group(json)["weights"]![i]!.AsObject();

    // Of six float32 numbers, 24 bytes: six whole ones of as many bytes would be another count.
    private static void Quantise(JsonObject json, string type, JsonNode? scale, JsonNode min)
    {
        var quantization = new JsonObject { ["dtype"] = type, ["min"] = min };
        if (scale is not null)
        {
            quantization["scale"] = scale;
        }

        Entry(json, 1)["quantization"] = quantization;
    }
}
