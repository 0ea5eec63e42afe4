using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Distillation.Keras.Files.Legacy;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Engine.Tests.Files;

/// <summary>Forms in which Keras writes what is rare, and what only looks like one.</summary>
[TestFixture]
public sealed class FormTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public void Losses_and_metrics_may_be_functions_of_Keras([Values("builtins", "keras.losses")] string module)
    {
        JsonObject function = Function(module, "mean_squared_error");
        Model model = Changed(c =>
        {
            c["compile_config"]!["loss"] = function.DeepClone();
            c["compile_config"]!["metrics"] = new JsonArray(function.DeepClone());
        });
        JsonObject config = model.GetCompileConfig()!;
        Assert.That((string?)config["loss"], Is.EqualTo("mean_squared_error"));
        Assert.That(config["metrics"]!.ToJsonString(), Does.Contain("mean_squared_error"));
    }

    [Test]
    public void What_changes_nothing_here_goes_on_in_files()
    {
        Model model = Changed(c =>
        {
            c["compile_config"]!["run_eagerly"] = true;
            c["compile_config"]!["jit_compile"] = true;
            c["compile_config"]!["metrics"] = new JsonArray();
        });
        model.Save(_folder["m.h5"]);
        JsonObject config = Model.Load(_folder["m.h5"]).GetCompileConfig()!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That((bool)model.GetCompileConfig()!["run_eagerly"]!);
            Assert.That((bool)model.GetCompileConfig()!["jit_compile"]!);
            Assert.That(config["metrics"]!.ToJsonString(), Is.EqualTo("[]"));
        }
    }

    [Test]
    public void A_function_of_another_module_is_refused() =>
        Assert.That(
            () => Changed(c => c["compile_config"]!["loss"] = Function("os", "system")),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains("os")
        );

    [Test]
    public void A_loss_that_is_not_known_is_refused_when_the_file_is_read() =>
        Assert.That(
            () => Changed(c => c["compile_config"]!["loss"] = "mean_squared_eror"),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains("mean_squared_eror")
        );

    [Test]
    public void No_reduction_may_be_null()
    {
        Model model = Changed(c =>
            c["compile_config"]!["loss"] = new JsonObject
            {
                ["module"] = "keras.losses",
                ["class_name"] = "MeanSquaredError",
                ["config"] = new JsonObject { ["name"] = "l", ["reduction"] = null },
                ["registered_name"] = null,
            }
        );
        Assert.That((string?)model.GetCompileConfig()!["loss"]!["config"]!["reduction"], Is.EqualTo("none"));
    }

    [Test]
    public void A_policy_may_have_the_class_of_the_first_versions_of_Keras_3() =>
        Assert.That(
            Changed(c =>
                c["config"]!["layers"]![1]!["config"]!["dtype"] = new JsonObject
                {
                    ["module"] = "keras.dtype_policies",
                    ["class_name"] = "FloatDTypePolicy",
                    ["config"] = new JsonObject { ["name"] = "float32" },
                    ["registered_name"] = null,
                }
            )
                .Layers[0]
                .Dtype.Name,
            Is.EqualTo("float32")
        );

    [TestCase("\"adam\"")]
    [TestCase("[]")]
    public void What_a_model_was_compiled_with_is_an_object(string json) =>
        Assert.That(
            () => Changed(c => c["compile_config"] = JsonNode.Parse(json)),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains("compiled with is an object")
        );

    [Test]
    public void A_mark_before_the_text_is_no_part_of_it() => Assert.That(Changed(_ => { }, mark: "\uFEFF").Layers, Is.Not.Empty);

    [Test]
    public void An_encrypted_member_is_refused()
    {
        byte[] bytes = ModelFixtures.Bytes("cnn_adam.keras");

        // The flag is in the directory at the end, four bytes behind the version of each entry.
        for (int at = 0; (at = NextEntry(bytes, at)) >= 0; at += 4)
        {
            bytes[at + 8] |= 1;
        }

        Assert.That(
            () => Model.Load(_folder.Write(bytes, "m.keras")),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains("encrypted")
        );
    }

    [TestCase("ragged")]
    [TestCase("sparse")]
    public void An_input_of_another_kind_is_refused_in_an_old_file_too(string key)
    {
        byte[] bytes = ModelFixtures.Bytes("cnn_adam.tfk.h5");
        int at = bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes($"\"{key}\": false"));
        Encoding.UTF8.GetBytes($"\"{key}\": true ").CopyTo(bytes, at);
        Assert.That(() => Model.Load(_folder.Write(bytes, "m.h5")), Throws.TypeOf<ModelFormatException>().With.Message.Contains(key));
    }

    /// <summary>Kernels are turned where Keras 1 wrote them, which a file without a version does not mean.</summary>
    [Test]
    public void A_file_without_its_version_is_told_by_its_configuration()
    {
        byte[] bytes = ModelFixtures.Bytes("cnn_adam.tfk.h5");
        float[] expected = Kernel(Model.Load(_folder.Write(bytes, "m.h5")));
        for (int at; (at = bytes.AsSpan().IndexOf("keras_version"u8)) >= 0; )
        {
            "keras_verslos"u8.CopyTo(bytes.AsSpan(at));
        }

        string path = _folder.Write(bytes, "n.h5");
        var model = Model.Load(path);
        Assert.That(Kernel(model), Is.EqualTo(expected));
        Assert.That(model.LoadWarnings, Is.Empty);
        model.Weights[0].Assign(TorchSharp.torch.zeros_like(model.Weights[0].Value));
        model.LoadWeights(path);
        Assert.That(Kernel(model), Is.EqualTo(expected));
    }

    [Test]
    public void Weights_by_name_that_find_no_name_are_told()
    {
        string path = _folder.Write(ModelFixtures.Bytes("cnn_adam.h5"), "m.h5");
        var other = new Sequential([new Input(3), new Dense(2, name: "other")]);
        other.LoadWeights(path, by_name: true);
        Assert.That(other.LoadWarnings, Has.One.Contains("'other'"));
    }

    [TestCase("m.keras")]
    [TestCase("m.h5")]
    public void An_optimizer_that_made_no_step_comes_back_without_a_word(string name)
    {
        var model = new Sequential([new Input(3), new Dense(2)]);
        model.Compile(new LossScaleOptimizer(new Adam()), "mse");
        model.Save(_folder[name]);
        Assert.That(Model.Load(_folder[name]).LoadWarnings, Is.Empty);
    }

    [Test]
    public void The_state_of_another_optimizer_is_left_out_with_a_word()
    {
        Model model = Changed(c =>
            c["compile_config"]!["optimizer"] = new JsonObject
            {
                ["module"] = "keras.optimizers",
                ["class_name"] = "SGD",
                ["config"] = new JsonObject { ["learning_rate"] = 0.1 },
                ["registered_name"] = null,
            }
        );
        Assert.That(model.LoadWarnings, Has.One.Contains("state of the optimizer was left out: sgd"));
        Assert.That(model.Optimizer!.Iterations, Is.Zero);
    }

    [Test]
    public void A_folder_and_a_missing_function_are_refused_in_words()
    {
        string path = _folder.Write(ModelFixtures.Bytes("cnn_adam.keras"), "m.keras");
        var model = Model.Load(path);
        string folder = Path.GetDirectoryName(path)!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => model.LoadWeights(folder), Throws.TypeOf<ModelFormatException>().With.Message.Contains("is a folder"));
            Assert.That(
                () => Model.Load(path, new Dictionary<string, Func<JsonObject, object>> { ["Scale"] = null! }),
                Throws.ArgumentException.With.Message.Contains("'Scale'")
            );
        }
    }

    [Test]
    [Platform("Linux,MacOsX")]
    public void A_pipe_is_refused_and_not_waited_for()
    {
        using (var pipe = System.Diagnostics.Process.Start("mkfifo", [_folder["m.keras"]]))
        {
            pipe.WaitForExit();
        }

        Assert.That(() => Model.Load(_folder["m.keras"]), Throws.TypeOf<ModelFormatException>().With.Message.Contains("pipe"));
    }

    /// <summary>Python takes 1 for an integer, and a schedule of Keras computes in the type of its first rate.</summary>
    [TestCase("a.keras", "config.json")]
    public void Numbers_with_a_fraction_have_one_where_it_is_zero(string name, string member)
    {
        var model = new Sequential([new Input(3), new Dense(2)]);
        model.Compile(new Adam(new Keras.Optimizers.Schedules.ExponentialDecay(1.0, 10, 0.9)), "mse");
        model.Save(_folder[name]);
        using ZipArchive zip = ZipFile.OpenRead(_folder[name]);
        using var reader = new StreamReader(zip.GetEntry(member)!.Open());
        Assert.That(reader.ReadToEnd(), Does.Contain("\"initial_learning_rate\":1.0,"));
    }

    /// <summary>Where all weights have one shape, the first order that fits need not be that of the file.</summary>
    [Test]
    public void Slots_of_old_files_go_to_their_weights_also_where_all_have_one_shape()
    {
        var tree = new Keras.Files.Hdf5.Hdf5Tree();
        string[] names = ["Adam/iter:0", "Adam/a/kernel/m:0", "Adam/b/kernel/m:0", "Adam/a/kernel/v:0", "Adam/b/kernel/v:0"];
        LegacyGroups.SetList(tree, "weight_names", names);
        for (int i = 0; i < names.Length; i++)
        {
            int number = i;
            tree.Add(names[i], () => number == 0 ? TorchSharp.torch.tensor(7L) : TorchSharp.torch.full(2, 2, number));
        }

        using var stream = new MemoryStream();
        Keras.Files.Hdf5.Hdf5Writer.Write(stream, tree);
        var model = new Sequential([new Input(2), new Dense(2, use_bias: false, name: "a"), new Dense(2, use_bias: false, name: "b")]);
        model.Compile("adam", "mse");
        model.Optimizer!.Build(model.TrainableWeights);
        var plan = new Keras.Files.LoadPlan();
        Keras.Files.OptimizerArrays.Plan(
            model.Optimizer,
            Keras.Files.Legacy.LegacyWeights.Arrays(Keras.Files.Hdf5.Hdf5File.Read(stream)),
            plan
        );
        plan.Apply();
        Assert.That(plan.Warnings, Is.Empty);
        Assert.That(
            model.Optimizer.Variables.Where(v => v.Shape.Rank == 2).Select(v => v.Value[0, 0].item<float>()),
            Is.EqualTo(new[] { 1f, 3f, 2f, 4f }),
            "m and v of the first, then of the second"
        );
    }

    [Test]
    public void Texts_of_many_values_and_kernels_of_Keras_1_that_are_not_turned_are_refused()
    {
        Assert.That(
            () => Changed(c => c["zeros"] = JsonNode.Parse("[" + string.Concat(Enumerable.Repeat("0,", 2_000_000)) + "0]")),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains("500000 values")
        );
        byte[] bytes = ModelFixtures.Bytes("old_cnn.k1.2.2-theano.h5");
        int at = bytes.AsSpan().IndexOf("\"Convolution2D\""u8);
        "\"Convolution9D\""u8.CopyTo(bytes.AsSpan(at));
        Assert.That(
            () => Model.Load(_folder.Write(bytes, "old.h5")),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains("'Convolution9D'")
        );
    }

    /// <summary>State that was made for a file of which a packed array then turns out to be damaged.</summary>
    [Test]
    public void An_optimizer_that_had_no_state_has_none_after_weights_were_refused([Values] bool isDamaged)
    {
        string path = _folder.Write(ModelFixtures.OddBytes("weights_chunked_gzip.keras"), "m.keras");
        var trained = Model.Load(path, compile: false);
        trained.Compile("adam", "mse");
        trained.Optimizer!.Build(trained.TrainableWeights);
        trained.SaveWeights(_folder["s.weights.json"], max_shard_size: 1);
        var packed = new MemoryStream();
        using (ZipArchive zip = ZipFile.OpenRead(path))
        using (Stream member = zip.GetEntry("model.weights.h5")!.Open())
        {
            member.CopyTo(packed);
        }

        byte[] bytes = packed.ToArray();
        int zlib = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x78, 0x5E]);
        Assert.That(zlib, Is.GreaterThan(0));
        bytes[zlib + 4] ^= (byte)(isDamaged ? 0xFF : 0);
        _folder.Write(bytes, "packed.weights.h5");
        JsonNode index = JsonNode.Parse(File.ReadAllText(_folder["s.weights.json"]))!;
        JsonObject map = index["weight_map"]!.AsObject();
        foreach (string key in map.Select(m => m.Key).Where(k => k.StartsWith("/layers", StringComparison.Ordinal)).ToList())
        {
            map[key] = "packed.weights.h5";
        }

        File.WriteAllText(_folder["s.weights.json"], index.ToJsonString());
        var model = Model.Load(path, compile: false);
        model.Compile("adam", "mse");
        Assert.That(() => model.LoadWeights(_folder["s.weights.json"]), isDamaged ? Throws.TypeOf<ModelFormatException>() : Throws.Nothing);
        Assert.That(model.Optimizer!.Built, Is.Not.EqualTo(isDamaged));
    }

    [Test]
    public void A_penalty_of_Keras_1_that_is_not_read_is_refused_by_name()
    {
        Assert.That(
            () => Keras.Files.Legacy.LegacyObjects.Regularizer(new JsonObject { ["name"] = "EigenvalueRegularizer", ["k"] = 0.1 }),
            Throws.TypeOf<NotSupportedException>().With.Message.Contains("EigenvalueRegularizer")
        );
    }

    private static JsonObject Function(string module, string name) =>
        new()
        {
            ["module"] = module,
            ["class_name"] = "function",
            ["config"] = name,
            ["registered_name"] = name,
        };

    private static float[] Kernel(Model model) => model.Weights[0].Value.detach().contiguous().data<float>().ToArray();

    private static int NextEntry(byte[] zip, int from)
    {
        int at = zip.AsSpan(from).IndexOf("PK\x01\x02"u8);
        return at < 0 ? -1 : from + at;
    }

    [Test]
    public void Metrics_of_a_model_within_a_model_may_have_more_values_than_its_weights()
    {
        var inner = new Sequential([new Input(2), new Dense(1, activation: "sigmoid")], name: "inner");
        inner.Compile("adam", "binary_crossentropy", metrics: [new Keras.Metrics.AUC(num_thresholds: 20_000)]);
        new Sequential([new Input(2), inner]).Save(_folder["m.keras"]);
        JsonNode metrics = ((Model)Model.Load(_folder["m.keras"]).Layers[0]).GetCompileConfig()!["metrics"]!;
        Assert.That((int)metrics[0]!["config"]!["num_thresholds"]!, Is.EqualTo(20_000));
    }

    [TestCase("layers")]
    [TestCase("metrics")]
    public void What_is_refused_while_it_is_made_leaves_no_tensors(string part)
    {
        JsonNode precision = KerasSerializer.Serialize(new Keras.Metrics.Precision());
        void Damage(JsonNode config)
        {
            JsonArray layers = config["config"]!["layers"]!.AsArray();
            if (part == "layers")
            {
                layers[^1]!["config"]!["name"] = (string?)layers[1]!["config"]!["name"];
                return;
            }

            config["compile_config"]!["metrics"] = new JsonArray(
                precision.DeepClone(),
                JsonNode.Parse("{\"class_name\": \"Unknown\", \"config\": {}}")
            );
        }

        Assert.That(LiveTensors.LeftBy(() => Assert.That(() => Changed(Damage), Throws.TypeOf<ModelFormatException>())), Is.Zero);
    }

    private Model Changed(Action<JsonNode> change, string mark = "")
    {
        string path = _folder.Write(ModelFixtures.Bytes("cnn_adam.keras"), "changed.keras");
        using (ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Update))
        {
            ZipArchiveEntry entry = zip.GetEntry("config.json")!;
            JsonNode config;
            using (Stream read = entry.Open())
            {
                config = JsonNode.Parse(read)!;
            }

            entry.Delete();
            change(config);
            using Stream written = zip.CreateEntry("config.json").Open();
            written.Write(Encoding.UTF8.GetBytes(mark + config.ToJsonString()));
        }

        return Model.Load(path);
    }
}
