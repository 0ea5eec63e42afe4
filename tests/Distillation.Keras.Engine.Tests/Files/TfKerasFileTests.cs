using System.Text.Json.Nodes;
using Distillation.Keras.Files.Hdf5;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Optimizers.Schedules;
using NumSharp;

namespace Distillation.Keras.Engine.Tests.Files;

/// <summary>The form of tf.keras 2: what tf_keras wrote, loaded and saved again in its form, has what it had.</summary>
[TestFixture]
public sealed class TfKerasFileTests
{
    // What tf_keras writes and tf.keras 2.15 does not, what Keras 2 says of the form of a layer alone, and what both say in two ways.
    private static readonly string[] Aside = ["module", "registered_name", "build_config", "optional", "fn", "axis", "shared_object_id"];

    private TemporaryFolder _folder = null!;

    private static IEnumerable<string> OfTfKeras =>
        ModelFixtures.Names.Where(n =>
            n.EndsWith(".tfk.h5", StringComparison.Ordinal) && !n.StartsWith("slash_names", StringComparison.Ordinal)
        );

    private static IEnumerable<string> OfKeras3 =>
        ModelFixtures.Names.Where(n =>
            n.Split('.') is [string name, "keras"]
            && !n.StartsWith("quantized", StringComparison.Ordinal)
            && name is not ("lora" or "odd_names" or "mlp_lamb" or "mlp_accumulate" or "policy_bfloat16")
        );

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [TestCaseSource(nameof(OfTfKeras))]
    public void A_file_of_tf_keras_has_the_same_arrays_names_and_configuration(string name)
    {
        string path = _folder.Write(ModelFixtures.Bytes(name), name);
        string again = _folder["again.h5"];
        var model = Model.Load(path);
        model.Save(again, format: "tf_keras");
        bool hasSlots = !model.IsCompiled || model.Optimizer is not SGD { Momentum: 0 };
        model.Release();

        Hdf5Group theirs = ModelFixtures.Root(path);
        Hdf5Group ours = ModelFixtures.Root(again);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(FileContents.Lines(ours, Without), Is.EqualTo(FileContents.Lines(theirs, Without)));
            Assert.That(Plain(Config(ours, "model_config")), Is.EqualTo(Plain(Config(theirs, "model_config"))));
            Assert.That(ours.Attributes.ContainsKey("training_config"), Is.EqualTo(theirs.Attributes.ContainsKey("training_config")));
            if (ours.Attributes.ContainsKey("training_config"))
            {
                Assert.That(
                    Plain(Config(ours, "training_config")["optimizer_config"]),
                    Is.EqualTo(Plain(Config(theirs, "training_config")["optimizer_config"]))
                );
            }
        }

        // The slots of a plain SGD, which tf_keras makes and never uses, are left out.
        bool Without(string name) =>
            name is "keras_version" or "model_config" or "training_config"
            || (!hasSlots && name.StartsWith("/optimizer_weights", StringComparison.Ordinal));
    }

    [TestCaseSource(nameof(OfKeras3))]
    public void A_file_of_Keras_3_comes_back_from_that_form_with_its_weights_state_and_answers(string name)
    {
        var model = Model.Load(_folder.Write(ModelFixtures.Bytes(name), name));
        string path = _folder["model.h5"];
        model.Save(path, format: "tf_keras");
        var again = Model.Load(path);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(again.LoadWarnings, Is.Empty);
            Assert.That(again.Weights.Select(w => Values(w)), Is.EqualTo(model.Weights.Select(w => Values(w))));
            Assert.That(again.Layers.Select(l => l.Name), Is.EqualTo(model.Layers.Select(l => l.Name)));
            Assert.That(again.IsCompiled, Is.EqualTo(model.IsCompiled));
            if (model.IsCompiled)
            {
                Assert.That(again.Optimizer!.ClassName, Is.EqualTo(model.Optimizer!.ClassName));
                Assert.That(
                    again.Optimizer.Variables.Where(v => v.Shape.Rank > 0).Select(v => Values(v)),
                    Is.EqualTo(model.Optimizer.Variables.Where(v => v.Shape.Rank > 0).Select(v => Values(v)))
                );
                Assert.That(again.Optimizer.Iterations, Is.EqualTo(model.Optimizer.Iterations));
            }
        }
    }

    [Test]
    public void A_training_goes_on_from_it_bit_for_bit()
    {
        Utils.SetRandomSeed(3);
        NDArray x = np.arange(64).reshape(16, 4).astype(NPTypeCode.Single) / 64f;
        NDArray y = np.arange(16) % 3;
        var model = new Sequential([new Input(4), new Dense(5, activation: "silu"), new BatchNormalization(), new Dense(3)]);
        model.Compile(
            new AdamW(new CosineDecay(0.01, 100), weight_decay: 0.01),
            new SparseCategoricalCrossentropy(from_logits: true),
            ["accuracy"]
        );
        model.Fit(x, y, verbose: 0, shuffle: false);
        model.Save(_folder["m.h5"], format: "tf_keras");
        var again = Model.Load(_folder["m.h5"]);
        History first = model.Fit(x, y, verbose: 0, shuffle: false, epochs: 2);
        History second = again.Fit(x, y, verbose: 0, shuffle: false, epochs: 2);
        Assert.That(second["loss"], Is.EqualTo(first["loss"]));
        Assert.That(again.Weights.Select(w => Values(w)), Is.EqualTo(model.Weights.Select(w => Values(w))));
    }

    [Test]
    public void What_tf_keras_has_not_is_refused_by_name_before_a_byte_is_written()
    {
        File.WriteAllText(_folder["m.h5"], "old");
        using (Assert.EnterMultipleScope())
        {
            Refused(Of(new Dense(2, activation: "hard_sigmoid")), "hard_sigmoid", "0.2 x + 0.5");
            Refused(Of(new Dense(2, lora_rank: 1)), "lora_rank");
            Refused(Of(new Dense(2, activation: "relu6")), "activation 'relu6'");
            Refused(Of(new Dense(2, name: "one two")), "one two", "another name");
            Refused(Of(new Dense(2, dtype: "bfloat16")), "bfloat16");
            Refused(Of(new Dense(2)), "optimizer 'Lamb'", m => m.Compile(new Lamb(), "mse"));
            Refused(Of(new Dense(2)), "gradient_accumulation_steps", m => m.Compile(new Adam(gradient_accumulation_steps: 2), "mse"));
            Refused(Of(new Dense(2)), "loss 'Dice'", m => m.Compile("adam", new Dice()));
            Refused(Of(new Dense(2)), "loss 'crossentropy'", m => m.Compile("adam", "crossentropy"));
            Refused(Of(new Dense(2)), "dtype", m => m.Compile("adam", new MeanSquaredError(dtype: "float64")));
            Refused(Of(new Dense(2)), "Lion", m => m.Compile(new LossScaleOptimizer(new Lion()), "mse"));
            Refused(
                Of(new Dense(2)),
                "from_sorted_ids",
                m => m.Compile("adam", "mse", [new Keras.Metrics.SparseTopKCategoricalAccuracy(from_sorted_ids: true)])
            );
            Refused(Of(new Dense(2)), "loss 'Dice'", m => m.Compile("adam", "dice"));
            Refused(Of(new Dense(2)), "reduction", m => m.Compile("adam", new MeanSquaredError(reduction: "mean")));
        }
    }

    [Test]
    public void Weights_of_the_same_names_in_models_within_models_have_the_models_names_in_front()
    {
        static Sequential Inner(string name) => new([new Input(3), new Dense(3, name: "dense")], name: name);
        var model = new Sequential([new Input(3), new Sequential([new Input(3), Inner("a"), Inner("b")], name: "outer")]);
        model.Save(_folder["m.h5"], format: "tf_keras");
        Hdf5Group outer = ModelFixtures.Root(_folder["m.h5"]).Group("model_weights")!.Group("outer")!;
        Assert.That(
            outer.Attributes["weight_names"].List,
            Is.EqualTo(new[] { "dense/kernel:0", "dense/bias:0", "outer/b/dense/kernel:0", "outer/b/dense/bias:0" })
        );
        Assert.That(Model.Load(_folder["m.h5"]).Weights.Select(w => Values(w)), Is.EqualTo(model.Weights.Select(w => Values(w))));
    }

    /// <summary>tf.keras 2 takes the names of metrics from the file as they are, where two of the same name are one.</summary>
    [Test]
    public void Metrics_of_several_outputs_have_the_outputs_names_in_front()
    {
        var input = new Input(3, name: "x");
        KerasTensor a = new Dense(4, name: "a").Apply(input);
        KerasTensor b = new Dense(1, name: "b").Apply(input);
        var model = new Model(input, [a, b]);
        model.Compile(
            "adam",
            new Dictionary<string, Loss> { ["a"] = new SparseCategoricalCrossentropy(from_logits: true), ["b"] = new MeanSquaredError() },
            new Dictionary<string, MetricGroup> { ["a"] = ["accuracy", "mae"], ["b"] = ["mae", "accuracy", "auc"] },
            weighted_metrics: new Dictionary<string, MetricGroup> { ["b"] = ["mae"] }
        );
        model.Save(_folder["m.h5"], format: "tf_keras");
        JsonNode training = Config(ModelFixtures.Root(_folder["m.h5"]), "training_config");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                training["metrics"]!["a"]!.AsArray().Select(m => $"{m!["config"]!["name"]} {m["config"]!["fn"]}"),
                Is.EqualTo(new[] { "a_accuracy sparse_categorical_accuracy", "a_mae mae" })
            );
            Assert.That(
                training["metrics"]!["b"]!.AsArray().Select(m => $"{m!["class_name"]} {m["config"]!["name"]} {m["config"]!["fn"]}"),
                Is.EqualTo(new[] { "MeanMetricWrapper b_mae mae", "MeanMetricWrapper b_accuracy binary_accuracy", "AUC b_auc " })
            );
            Assert.That((string?)training["weighted_metrics"]!["b"]![0]!["config"]!["name"], Is.EqualTo("b_weighted_mae"));
        }

        var again = Model.Load(_folder["m.h5"]);
        Assert.That(again.LoadWarnings, Is.Empty, "it was never trained");
        Assert.That(again.GetCompileConfig()!["metrics"]!["b"]![0]!["config"]!["name"]!.GetValue<string>(), Is.EqualTo("mae"));
    }

    [Test]
    public void Lists_of_numbers_are_lists_there()
    {
        Sequential model = Of(new Dense(2));
        model.Compile("adam", "mse", [new Keras.Metrics.AUC(multi_label: true, num_labels: 2, label_weights: [0.25, 0.75])]);
        model.Save(_folder["m.h5"], format: "tf_keras");
        JsonNode metric = Config(ModelFixtures.Root(_folder["m.h5"]), "training_config")["metrics"]![0]!;
        Assert.That(metric["config"]!["label_weights"]!.AsArray().Select(n => (double)n!), Is.EqualTo(new[] { 0.25, 0.75 }));
    }

    /// <summary>Keras 3 has another function of that name, so that the numbers of an old file would be others.</summary>
    [Test]
    public void Hard_sigmoid_of_an_old_file_is_that_of_Keras_2()
    {
        Sequential model = Of(new Dense(2, activation: "relu"));
        model.Save(_folder["m.h5"], format: "tf_keras");
        byte[] bytes = File.ReadAllBytes(_folder["m.h5"]);
        int at = bytes.AsSpan().IndexOf("\"activation\":\"relu\",\"use_bias\":true"u8);
        "\"activation\":\"hard_sigmoid\""u8.CopyTo(bytes.AsSpan(at));
        ",                 "u8[..("\"activation\":\"relu\",\"use_bias\":true".Length - "\"activation\":\"hard_sigmoid\"".Length)]
            .CopyTo(bytes.AsSpan(at + "\"activation\":\"hard_sigmoid\"".Length));
        int end = at + "\"activation\":\"relu\",\"use_bias\":true".Length;
        Assert.That(bytes[end], Is.EqualTo((byte)','));
        bytes[end] = (byte)' ';
        File.WriteAllBytes(_folder["old.h5"], bytes);

        var old = Model.Load(_folder["old.h5"]);
        old.Weights[0]
            .Assign(
                TorchSharp.torch.tensor(
                    new[,]
                    {
                        { 1f, 0f },
                        { 0f, 1f },
                        { 0f, 0f },
                    }
                )
            );
        NDArray y = old.Predict(
            np.array(
                new[,]
                {
                    { -3f, -1f, 0f },
                    { 0.5f, 3f, 0f },
                }
            ),
            verbose: 0
        );
        Assert.That(y.ToArray<float>(), Is.EqualTo(new[] { 0f, 0.3f, 0.6f, 1f }).Within(1e-6));
        Assert.That(
            () => old.Save(_folder["again.keras"]),
            Throws.TypeOf<NotSupportedException>().With.Message.Contains("hard_sigmoid of Keras 2")
        );
    }

    private void Refused(Model model, string word, Action<Model>? compile = null) => Refused(model, word, word, compile);

    private void Refused(Model model, string word, string other, Action<Model>? compile = null)
    {
        compile?.Invoke(model);
        Assert.That(
            () => model.Save(_folder["m.h5"], format: "tf_keras"),
            Throws
                .TypeOf<NotSupportedException>()
                .With.Message.Contains(word)
                .And.Message.Contains(other)
                .And.Message.Contains("tf.keras 2")
        );
        Assert.That(File.ReadAllText(_folder["m.h5"]), Is.EqualTo("old"), word);
        Assert.That(Directory.GetFileSystemEntries(_folder.Root), Has.Length.EqualTo(1), word);
    }

    private static Sequential Of(Layer layer) => new([new Input(3), layer]);

    private static float[] Values(Variable variable) =>
        variable.Value.detach().to(TorchSharp.torch.ScalarType.Float32).contiguous().data<float>().ToArray();

    private static string Plain(JsonNode? node) => FileContents.Plain(Unnamed(node), Aside, asFloat: true);

    // A schedule has no name there where it was given none.
    private static JsonNode? Unnamed(JsonNode? node)
    {
        JsonNode? copy = node?.DeepClone();
        if (copy?["config"]?["learning_rate"] is JsonObject rate && rate["config"] is JsonObject schedule)
        {
            schedule.Remove("name");
        }

        return copy;
    }

    private static JsonNode Config(Hdf5Group root, string name) => JsonNode.Parse(root.Attributes[name].Text)!;
}
