using System.IO.Compression;
using System.Text.Json.Nodes;
using Distillation.Keras.Constraints;
using Distillation.Keras.Layers;
using Distillation.Keras.Regularizers;
using NumSharp;

namespace Distillation.Keras.Engine.Tests.Files;

/// <summary>Objects that several layers or models have in common stay one object.</summary>
[TestFixture]
public sealed class SharedObjectTests
{
    private const string Key = "shared_object_id";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public void The_first_place_has_no_number_and_the_next_ones_have_it()
    {
        JsonNode layers = Saved(Penalized("a", 5))["config"]!["layers"]!;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(NumbersOf(layers, "kernel_regularizer"), Is.EqualTo((long?[])[null, 2, 2]));
            Assert.That(NumbersOf(layers, "bias_regularizer"), Has.All.Null);
            Assert.That(NumbersOf(layers, "dtype"), Is.EqualTo((long?[])[null, 1, 1]));
            Assert.That(NumbersOf(layers, "kernel_initializer"), Has.All.Null);
        }
    }

    [Test]
    public void An_architecture_alone_and_an_h5_have_no_numbers()
    {
        var model = new Sequential([new Input(5), new Dense(4), new Dense(3)]);
        model.Save(_folder["m.h5"]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(model.ToJson(), Does.Not.Contain(Key));
            Assert.That(ModelFixtures.Root(_folder["m.h5"]).Attributes["model_config"].Text, Does.Not.Contain(Key));
        }
    }

    [Test]
    public void What_was_one_object_is_one_again()
    {
        var bound = new MaxNorm(2.0);
        var model = new Sequential([
            new Dense(4, kernel_constraint: bound),
            new Dense(3, kernel_constraint: new MaxNorm(2.0)),
            new Dense(2, kernel_constraint: bound),
            new Dense(2, kernel_constraint: bound),
        ]);
        model.Save(_folder["m.keras"]);
        Dense[] loaded = [.. Model.Load(_folder["m.keras"]).Layers.Cast<Dense>()];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(loaded[2].KernelConstraint, Is.SameAs(loaded[0].KernelConstraint));
            Assert.That(loaded[3].KernelConstraint, Is.SameAs(loaded[0].KernelConstraint));
            Assert.That(loaded[1].KernelConstraint, Is.Not.SameAs(loaded[0].KernelConstraint));
        }
    }

    [Test]
    public void A_layer_that_models_within_a_model_have_in_common_keeps_its_weights()
    {
        var common = new Dense(5, name: "both");
        Functional model = OfThree(common, common);
        model.Save(_folder["m.keras"]);
        var loaded = Model.Load(_folder["m.keras"]);
        NDArray x = new float[,]
        {
            { 1, 2, 3, 4, 5 },
            { -1, 0.5f, 0, 2, -3 },
        };
        Layer[] both = [.. loaded.Layers.OfType<Model>().Select(m => m.Layers.Single(l => l.Name == "both"))];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(both, Has.Length.EqualTo(3));
            Assert.That(both, Has.All.SameAs(both[0]));
            Assert.That(loaded.CountParams(), Is.EqualTo(model.CountParams()));
            Assert.That(loaded.Predict(x).ToArray<float>(), Is.EqualTo(model.Predict(x).ToArray<float>()));
        }
    }

    [Test]
    public void Layers_that_cannot_be_told_apart_are_refused()
    {
        Functional model = OfThree(new Dense(5, name: "both"), new Dense(5, name: "both"));
        model.Save(_folder["m.keras"]);
        Assert.That(
            () => Model.Load(_folder["m.keras"]),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains("have a layer in common, \"both\"").And.Message.Contains("2 of")
        );
    }

    [Test]
    public void Objects_of_one_number_are_alike()
    {
        string path = Changed(layers =>
        {
            layers[2]!["config"]!["kernel_regularizer"]!["config"]!["l2"] = 0.25;
        });
        Assert.That(
            () => Model.Load(path),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains($"different objects with the {Key} 2")
        );
    }

    [TestCase("\"one\"")]
    [TestCase("1.5")]
    [TestCase("[1]")]
    [TestCase("99999999999999999999")]
    public void A_number_is_an_integer(string number)
    {
        string path = Changed(layers => layers[2]!["config"]!["kernel_regularizer"]![Key] = JsonNode.Parse(number));
        Assert.That(
            () => Model.Load(path),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains("is an integer").And.Message.Contains(number)
        );
    }

    [Test]
    public void Equal_numbers_of_two_files_are_not_those_of_one_object()
    {
        Model first = Model.Load(Written(Penalized("a", 5), "first.keras"));
        Model second = Model.Load(Written(Penalized("b", 2), "second.keras"));
        var both = new Sequential([new Input(5), .. first.Layers, .. second.Layers]);
        JsonNode layers = Saved(both)["config"]!["layers"]!;
        long?[] numbers = NumbersOf(layers, "kernel_regularizer");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(numbers, Is.EqualTo((long?[])[null, 2, 2, null, numbers[4], numbers[4]]));
            Assert.That(numbers[4], Is.Not.Null.And.Not.EqualTo(2));
            Assert.That(NumbersOf(layers, "dtype"), Has.None.EqualTo(numbers[4]).And.None.EqualTo(2));
        }
    }

    // Keras counts the use that a functional model is made by, where it notes outputs, and not where layers note their inputs.
    [Test]
    public void Uses_of_a_functional_model_are_counted_from_one_where_they_are_outputs()
    {
        var own = new Input(5);
        var sub = new Functional(own.Output, new Dense(5, activation: "tanh").Apply(own.Output), name: "sub");
        var seq = new Sequential([new Input(5), new Dense(5)], name: "seq");
        var x = new Input(5, name: "x");
        KerasTensor first = sub.Apply(x.Output);
        var model = new Functional(
            new[] { x.Output },
            new[] { first, sub.Apply(first), seq.Apply(first), seq.Apply(x.Output) },
            name: "outer"
        );
        JsonNode config = Saved(model)["config"]!;
        JsonNode used = config["layers"]!.AsArray().Single(l => (string?)l!["name"] == "seq")!["inbound_nodes"]![0]!["args"]![0]!;
        NDArray data = new float[,]
        {
            { 1, 2, 3, 4, 5 },
        };
        IReadOnlyList<NDArray> here = model.PredictOutputs(data);
        IReadOnlyList<NDArray> loaded = Model.Load(_folder["saved.keras"]).PredictOutputs(data);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(config["output_layers"]!.ToJsonString(), Is.EqualTo("[[\"sub\",1,0],[\"sub\",2,0],[\"seq\",0,0],[\"seq\",1,0]]"));
            Assert.That(used["config"]!["keras_history"]!.ToJsonString(), Is.EqualTo("[\"sub\",0,0]"));
            for (int i = 0; i < here.Count; i++)
            {
                Assert.That(loaded[i].ToArray<float>(), Is.EqualTo(here[i].ToArray<float>()));
            }
        }
    }

    /// <summary>The paths are those of Keras 3.15.1.</summary>
    [Test]
    public void Weights_keep_the_paths_that_they_were_made_with()
    {
        var built = new Dense(3, name: "d");
        built.Apply(new Input(4).Output);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                Kernels(
                    new Sequential(
                        [new Sequential([new Input(4), new Dense(3, name: "a")], name: "in"), new Dense(2, name: "b")],
                        name: "out"
                    )
                ),
                Is.EqualTo((string[])["in/a/kernel", "out/b/kernel"])
            );
            Assert.That(
                Kernels(
                    new Sequential(
                        [new Input(4), new Sequential([new Dense(3, name: "a")], name: "in"), new Dense(2, name: "b")],
                        name: "out"
                    )
                ),
                Is.EqualTo((string[])["out/in/a/kernel", "out/b/kernel"])
            );
            Assert.That(
                Kernels(new Sequential([new Input(4), new Sequential([built], name: "in"), new Dense(2, name: "b")], name: "out")),
                Is.EqualTo((string[])["d/kernel", "out/b/kernel"])
            );
        }

        static IEnumerable<string> Kernels(Model model) => model.Weights.Where(w => w.Name == "kernel").Select(w => w.Path);
    }

    [TestCase("keras")]
    [TestCase("tf_keras")]
    public void A_model_within_a_model_takes_tensors_by_name(string format)
    {
        (Input a, Input b) = (new Input(5), new Input(5));
        var sub = new Functional(
            new Dictionary<string, KerasTensor> { ["b"] = b.Output, ["a"] = a.Output },
            new Subtract().Apply([a.Output, b.Output]),
            name: "sub"
        );
        (Input x, Input y) = (new Input(5, name: "x"), new Input(5, name: "y"));
        var model = new Functional([x.Output, y.Output], sub.Apply([x.Output, y.Output]), name: "outer");
        string path = _folder[format == "keras" ? "m.keras" : "m.h5"];
        model.Save(path, format: format == "keras" ? null : format);
        var loaded = Model.Load(path);
        JsonNode node = JsonNode.Parse(loaded.ToJson())!["config"]!["layers"]!.AsArray()[^1]!["inbound_nodes"]![0]!;
        NDArray one = new float[,]
        {
            { 1, 2, 3, 4, 5 },
        };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(node["args"]![0]!.AsObject().Select(p => p.Key), Is.EqualTo((string[])["a", "b"]));
            Assert.That(node["kwargs"]!["mask"]!.ToJsonString(), Is.EqualTo("{\"a\":null,\"b\":null}"));
            Assert.That(loaded.Predict([one, one * 2f]).ToArray<float>(), Is.EqualTo((float[])[-1, -2, -3, -4, -5]));
        }
    }

    // The numbers of trainable weights are those of Keras 3.15.1.
    [TestCase(true)]
    [TestCase(false)]
    public void A_layer_that_is_thawed_in_a_frozen_model_stays_so(bool isSequential)
    {
        var own = new Input(5);
        Layer[] layers = [new Dense(5, name: "frozen"), new Dense(5, name: "thawed")];
        Functional inner = isSequential
            ? new Sequential([own, .. layers], name: "inner")
            : new Functional(own.Output, layers[1].Apply(layers[0].Apply(own.Output)), name: "inner");
        inner.Trainable = false;
        layers[1].Trainable = true;
        var x = new Input(5);
        var model = new Functional(x.Output, new Dense(2).Apply(inner.Apply(x.Output)), name: "outer");
        model.Compile("adam", "mean_squared_error");
        model.TrainOnBatch(
            new float[,]
            {
                { 1, 2, 3, 4, 5 },
            },
            new float[,]
            {
                { 1, 2 },
            }
        );
        var loaded = Model.Load(Written(model, "m.keras"));
        Layer[] again = [.. ((Model)loaded.Layers[1]).Layers.Where(l => l is Dense)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(inner.TrainableWeights, Is.Empty);
            Assert.That(model.TrainableWeights, Has.Count.EqualTo(4));
            Assert.That(model.NonTrainableWeights, Has.Count.EqualTo(2));
            Assert.That(loaded.LoadWarnings, Is.Empty);
            Assert.That(loaded.TrainableWeights, Has.Count.EqualTo(4));
            Assert.That(loaded.Layers[1].Trainable, Is.False);
            Assert.That(again.Select(l => l.Trainable), Is.EqualTo((bool[])[false, true]));
        }
    }

    private static Sequential Penalized(string name, int inputs)
    {
        var penalty = new L2(0.5);
        var model = new Sequential([
            new Input(inputs),
            new Dense(4, kernel_regularizer: penalty, name: name + "1"),
            new Dense(3, kernel_regularizer: penalty, bias_regularizer: new L2(0.5), name: name + "2"),
            new Dense(2, kernel_regularizer: penalty, name: name + "3"),
        ]);
        return model;
    }

    // Three models within one; the last two have a layer in common, which the first has, too, or has one of its own.
    private static Functional OfThree(Layer common, Layer first)
    {
        var x = new Input(5, name: "x");
        KerasTensor end = x.Output;
        foreach ((string name, Layer layer) in ((string, Layer)[])[("one", first), ("two", common), ("three", common)])
        {
            var own = new Input(5, name: name + "_x");
            end = new Functional(own.Output, layer.Apply(own.Output), name: name).Apply(end);
        }

        return new Functional(x.Output, end, name: "outer");
    }

    private static long?[] NumbersOf(JsonNode layers, string key) =>
        [.. layers.AsArray().Skip(1).Select(l => (long?)l!["config"]![key]?[Key])];

    private string Written(Model model, string name)
    {
        model.Save(_folder[name]);
        return _folder[name];
    }

    private JsonNode Saved(Model model)
    {
        using ZipArchive zip = ZipFile.OpenRead(Written(model, "saved.keras"));
        using Stream stream = zip.GetEntry("config.json")!.Open();
        return JsonNode.Parse(stream)!;
    }

    private string Changed(Action<JsonNode> change)
    {
        JsonNode config = Saved(Penalized("a", 5));
        change(config["config"]!["layers"]!);
        using ZipArchive zip = ZipFile.Open(_folder["saved.keras"], ZipArchiveMode.Update);
        zip.GetEntry("config.json")!.Delete();
        using var writer = new StreamWriter(zip.CreateEntry("config.json").Open());
        writer.Write(config.ToJsonString());
        return _folder["saved.keras"];
    }
}
