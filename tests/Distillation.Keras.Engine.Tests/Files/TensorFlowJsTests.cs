using System.Globalization;
using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Files;

/// <summary>Models of TensorFlow.js, by what it computes with them.</summary>
[TestFixture]
public sealed class TensorFlowJsTests
{
    private static readonly string[] Trained =
    [
        .. TensorFlowJsFixtures.Names.Where(n => TensorFlowJsFixtures.Expected[n]!["training"] is not null),
    ];

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [TestCaseSource(typeof(TensorFlowJsFixtures), nameof(TensorFlowJsFixtures.Names))]
    public void A_model_computes_what_it_computes_there(string name)
    {
        Model model = Loaded(name);
        TensorFlowJsFixtures.Check(model, TensorFlowJsFixtures.Expected[name]!);
        Assert.That(model.LoadWarnings, Is.Empty);
    }

    [TestCaseSource(nameof(Trained))]
    public void Training_goes_on_as_it_goes_on_there(string name)
    {
        JsonNode expected = TensorFlowJsFixtures.Expected[name]!["training"]!;
        (Tensor x, Tensor y) = (TensorFlowJsFixtures.Tensor(expected["x"]!), TensorFlowJsFixtures.Tensor(expected["y"]!));
        Model model = Loaded(name);
        float[] losses = [.. expected["losses"]!.AsArray().Select(_ => (float)model.TrainOnBatch(x, y)["loss"])];
        using (Assert.EnterMultipleScope())
        {
            TensorFlowJsFixtures.AssertNear(losses, expected["losses"]!);
            TensorFlowJsFixtures.AssertNear(model.Predict(x).ToArray<float>(), expected["after"]!["values"]!);
            Assert.That(model.Optimizer.Iterations, Is.EqualTo((long)expected["iterations"]!));
        }
    }

    [TestCase("converted", "RMSprop", 0.0005)]
    [TestCase("momentum", "SGD", 0.05)]
    [TestCase("rmsprop", "RMSprop", 0.01)]
    public void A_model_is_compiled_as_it_was(string name, string optimizer, double rate)
    {
        Model model = Loaded(name);
        JsonObject compiled = model.GetCompileConfig()!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(model.Optimizer.ClassName, Is.EqualTo(optimizer));
            Assert.That(model.Optimizer.LearningRate, Is.EqualTo(rate).Within(1e-9));
            Assert.That((string?)compiled["loss"], Is.EqualTo("categorical_crossentropy"));
            Assert.That(compiled["metrics"]!.ToJsonString(), Does.Contain("accuracy"));
            Assert.That((model.Optimizer as RMSprop)?.Rho ?? 0.8, Is.EqualTo(0.8), "which TensorFlow.js calls decay");
        }
    }

    [Test]
    public void Without_compile_there_is_no_optimizer() =>
        Assert.That(() => Model.Load(PathOf("adam"), compile: false).Optimizer, Throws.InvalidOperationException);

    [TestCase("nested")]
    [TestCase("functional")]
    [TestCase("uint8")]
    public void Weights_go_into_a_model_that_is_there(string name)
    {
        Model model = Loaded(name);
        double[] expected = Values(model);
        foreach (Variable weight in model.Weights)
        {
            weight.Assign(zeros_like(weight.Value));
        }

        model.LoadWeights(PathOf(name));
        Assert.That(Values(model), Is.EqualTo(expected));
    }

    [Test]
    public void Weights_bring_the_state_of_the_optimizer()
    {
        Model model = Loaded("adam");
        Model other = Loaded("adam");
        JsonNode data = TensorFlowJsFixtures.Expected["adam"]!["training"]!;
        (Tensor x, Tensor y) = (TensorFlowJsFixtures.Tensor(data["x"]!), TensorFlowJsFixtures.Tensor(data["y"]!));
        other.TrainOnBatch(x, y);
        other.LoadWeights(PathOf("adam"));
        model.TrainOnBatch(x, y);
        other.TrainOnBatch(x, y);
        Assert.That(Values(other), Is.EqualTo(Values(model)));
    }

    [Test]
    public void Weights_go_by_name_where_that_is_asked_for()
    {
        var model = new Sequential(new Input(4), new Dense(6, name: "hidden"), new Dense(7, name: "another"));
        double[] kept = Values(model.GetLayer("another"));
        Assert.That(
            () => model.LoadWeights(PathOf("sgd")),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains("another/kernel").And.Message.Contains("classes/kernel")
        );
        model.LoadWeights(PathOf("sgd"), by_name: true);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Values(model.GetLayer("hidden")), Is.EqualTo(Values(Loaded("sgd").GetLayer("hidden"))));
            Assert.That(Values(model.GetLayer("another")), Is.EqualTo(kept));
        }
    }

    [Test]
    public void Weights_of_another_shape_are_left_out_with_a_word_where_that_is_asked_for()
    {
        var model = new Sequential(new Input(4), new Dense(6, name: "hidden"), new Dense(7, name: "classes"));
        double[] before = Values(model);
        Assert.That(() => model.LoadWeights(PathOf("sgd")), Throws.TypeOf<ModelFormatException>().With.Message.Contains("(6, 7)"));
        Assert.That(Values(model), Is.EqualTo(before));
        model.LoadWeights(PathOf("sgd"), skip_mismatch: true);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(model.LoadWarnings, Has.Count.EqualTo(2).And.All.Contains("classes/"));
            Assert.That(Values(model.GetLayer("classes")), Is.EqualTo(before[^49..]));
        }
    }

    // The order of a manifest says nothing, and a model may be text within the text.
    [Test]
    public void A_weight_is_found_by_its_name_and_a_topology_may_be_text()
    {
        string path = TensorFlowJsFixtures.Copy("functional", _folder);
        JsonObject json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        json["modelTopology"] = json["modelTopology"]!.ToJsonString();
        JsonArray entries = json["weightsManifest"]![0]!["weights"]!.AsArray();
        byte[] bytes = File.ReadAllBytes(_folder["functional", "weights.bin"]);
        var groups = new JsonArray();
        int start = 0;
        foreach (JsonObject entry in entries.OfType<JsonObject>())
        {
            int size = 4 * entry["shape"]!.AsArray().Aggregate(1, (product, s) => product * (int)s!);
            string file = FormattableString.Invariant($"parts/{start}.bin");
            _folder.Write(bytes[start..(start + size)], "functional", "parts", Path.GetFileName(file));
            groups.Insert(0, new JsonObject { ["paths"] = new JsonArray(file), ["weights"] = new JsonArray(entry.DeepClone()) });
            start += size;
        }

        json["weightsManifest"] = groups;
        File.WriteAllText(path, "\uFEFF" + json.ToJsonString());
        TensorFlowJsFixtures.Check(Model.Load(path), TensorFlowJsFixtures.Expected["functional"]!);
    }

    // tensorflowjs calls the weights of a .keras by their places, and, in some versions, by the layer and a number.
    [TestCase("layers/{0}/vars/{2}")]
    [TestCase("_layer_checkpoint_dependencies/{0}/vars/{2}")]
    [TestCase("{1}/{2}")]
    public void Weights_may_have_the_names_of_a_converted_keras_file(string form)
    {
        string path = TensorFlowJsFixtures.Copy("cnn", _folder);
        JsonObject json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        string[] layers = [.. json["modelTopology"]!["config"]!["layers"]!.AsArray().Select(l => (string)l!["config"]!["name"]!)];
        string[] places = ["conv2d", "batch_normalization", "max_pooling2d", "conv2d_1", "dropout", "flatten", "dense"];
        string[][] names =
        [
            ["kernel", "gamma"],
            ["bias", "beta"],
            ["moving_mean"],
            ["moving_variance"],
        ];
        foreach (JsonNode? entry in json["weightsManifest"]![0]!["weights"]!.AsArray())
        {
            string[] parts = ((string)entry!["name"]!).Split('/');
            entry["name"] = string.Format(
                CultureInfo.InvariantCulture,
                form,
                places[Array.IndexOf(layers, parts[0])],
                parts[0],
                Array.FindIndex(names, n => n.Contains(parts[1]))
            );
        }

        File.WriteAllText(path, json.ToJsonString());
        TensorFlowJsFixtures.Check(Model.Load(path), TensorFlowJsFixtures.Expected["cnn"]!);
    }

    [Test]
    public void A_state_that_is_not_the_optimizers_is_left_out_with_a_word()
    {
        string path = TensorFlowJsFixtures.Copy("adam", _folder);
        File.WriteAllText(path, File.ReadAllText(path).Replace("/m\"", "/q\"", StringComparison.Ordinal));
        var model = Model.Load(path);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(model.LoadWarnings, Has.Count.EqualTo(1).And.Some.Contains("optimizer"));
            Assert.That(model.Optimizer.Iterations, Is.Zero);
            TensorFlowJsFixtures.Check(model, TensorFlowJsFixtures.Expected["adam"]!);
        }
    }

    [Test]
    public void Weights_that_are_not_finite_are_told()
    {
        string path = TensorFlowJsFixtures.Copy("sgd", _folder);
        byte[] bytes = File.ReadAllBytes(_folder["sgd", "weights.bin"]);
        BitConverter.GetBytes(float.NaN).CopyTo(bytes, 4);
        _folder.Write(bytes, "sgd", "weights.bin");
        Assert.That(Model.Load(path).LoadWarnings, Has.Count.EqualTo(1).And.Some.Contains("hidden/kernel"));
    }

    // What TensorFlow.js and Keras 2 call so is another function than Keras 3's.
    [Test]
    public void A_function_that_Keras_3_has_not_is_not_saved_under_a_name_that_it_has()
    {
        Model model = Loaded("activations");
        Assert.That(() => model.Save(_folder["a.keras"]), Throws.TypeOf<NotSupportedException>().With.Message.Contains("hard_sigmoid"));
        Loaded("nested").Save(_folder["b.keras"]);
        TensorFlowJsFixtures.Check(Model.Load(_folder["b.keras"]), TensorFlowJsFixtures.Expected["nested"]!);
    }

    [Test]
    public void Loading_leaves_no_tensors()
    {
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        foreach (string name in TensorFlowJsFixtures.Names)
        {
            Model model = Loaded(name);
            model.LoadWeights(PathOf(name));
            model.Release();
            Assert.That(DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount, Is.EqualTo(before), name);
        }
    }

    private static string PathOf(string name) => Path.Combine(TensorFlowJsFixtures.Folder, name, "model.json");

    private static Model Loaded(string name) => Model.Load(PathOf(name));

    private static double[] Values(Layer layer) =>
        [.. layer.Weights.SelectMany(w => w.Value.to(ScalarType.Float64).data<double>().ToArray())];
}
