using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.Files.Hdf5;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;

namespace Distillation.Keras.Engine.Tests.Files;

/// <summary>How files are written: several for large weights, names that no file can hold, places that do not take one.</summary>
[TestFixture]
public sealed class WritingTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    /// <summary>As Keras 3.15.1 divided the same weights.</summary>
    [Test]
    public void Weights_in_several_files_are_divided_as_Keras_does()
    {
        var model = Model.Load(_folder.Write(ModelFixtures.Bytes("sharded.keras"), "m.keras"));
        model.SaveWeights(_folder["sharded.weights.json"], max_shard_size: 6000 / Math.Pow(1024, 3));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                JsonNode.DeepEquals(
                    JsonNode.Parse(File.ReadAllText(_folder["sharded.weights.json"])),
                    JsonNode.Parse(ModelFixtures.Bytes("sharded.weights.json"))
                )
            );
            foreach (string name in (string[])["sharded_00000.weights.h5", "sharded_00001.weights.h5"])
            {
                Assert.That(
                    FileContents.Lines(ModelFixtures.Root(_folder[name])),
                    Is.EqualTo(FileContents.Lines(Hdf5File.Read(new MemoryStream(ModelFixtures.Bytes(name)))))
                );
            }

            Assert.That(Directory.GetFiles(_folder.Root), Has.Length.EqualTo(4));
        }
    }

    /// <summary>As Keras 3.15.1 does: a group of one weight has the name of its file, one of several a list.</summary>
    [Test]
    public void A_weight_that_is_alone_has_its_file_alone_in_the_index()
    {
        var model = new Sequential([new Input(3), new Dense(2, use_bias: false), new Dense(2)]);
        model.SaveWeights(_folder["w.weights.json"], max_shard_size: 1);
        JsonNode map = JsonNode.Parse(File.ReadAllText(_folder["w.weights.json"]))!["weight_map"]!;
        Assert.That(map["/layers/dense/vars"]!.ToJsonString(), Is.EqualTo("\"w_00000.weights.h5\""));
        Assert.That(map["/layers/dense_1/vars"]!.ToJsonString(), Is.EqualTo("[\"w_00000.weights.h5\"]"));
        Assert.That(() => model.LoadWeights(_folder["w.weights.json"]), Throws.Nothing);
    }

    [Test]
    public void Weights_in_several_files_come_back_with_the_state_of_the_optimizer()
    {
        var model = Model.Load(_folder.Write(ModelFixtures.Bytes("cnn_adam.keras"), "m.keras"));
        model.SaveWeights(_folder["w.weights.json"], max_shard_size: 1300 / Math.Pow(1024, 3));
        Assert.That(File.Exists(_folder["w_00004.weights.h5"]), "there are many");
        float[][] expected = [.. Values(model.Weights), .. Values(model.Optimizer!.Variables)];
        foreach (Variable variable in model.Weights.Concat(model.Optimizer.Variables.Where(v => v.Shape.Rank > 0)))
        {
            variable.Assign(TorchSharp.torch.zeros_like(variable.Value));
        }

        model.LoadWeights(_folder["w.weights.json"]);
        Assert.That((float[][])[.. Values(model.Weights), .. Values(model.Optimizer!.Variables)], Is.EqualTo(expected));
    }

    [Test]
    public void Shards_that_are_there_are_replaced_only_where_they_may_be()
    {
        var model = new Sequential([new Input(3), new Dense(2)]);
        model.SaveWeights(_folder["a.weights.json"], max_shard_size: 1);
        byte[] before = File.ReadAllBytes(_folder["a_00000.weights.h5"]);
        File.Delete(_folder["a.weights.json"]);
        model.Weights[0].Assign(TorchSharp.torch.ones_like(model.Weights[0].Value));
        Assert.That(
            () => model.SaveWeights(_folder["a.weights.json"], overwrite: false, max_shard_size: 1),
            Throws.TypeOf<IOException>().With.Message.Contains("a_00000.weights.h5")
        );
        Assert.That(File.ReadAllBytes(_folder["a_00000.weights.h5"]), Is.EqualTo(before));
        model.SaveWeights(_folder["a.weights.json"], max_shard_size: 1);
        model.SaveWeights(_folder["a.weights.json"], max_shard_size: 1);
        Assert.That(File.ReadAllBytes(_folder["a_00000.weights.h5"]), Is.Not.EqualTo(before));
        Assert.That(Directory.GetFiles(_folder.Root), Has.Length.EqualTo(2));
        model.LoadWeights(_folder["a.weights.json"]);
    }

    [Test]
    public void A_model_without_weights_reads_its_own_shards()
    {
        var model = new Sequential([new Input(3), new Flatten()]);
        model.SaveWeights(_folder["a.weights.json"], max_shard_size: 1);
        Assert.That(() => model.LoadWeights(_folder["a.weights.json"]), Throws.Nothing);
    }

    [Test]
    public void Adapted_kernels_are_written_whole_into_shards_too()
    {
        var dense = new Dense(2, lora_rank: 1);
        var model = new Sequential([new Input(3), dense]);
        foreach (Variable variable in model.TrainableWeights)
        {
            variable.Assign(TorchSharp.torch.ones_like(variable.Value));
        }

        model.SaveWeights(_folder["a.weights.h5"]);
        model.SaveWeights(_folder["a.weights.json"], max_shard_size: 1);
        Assert.That(
            FileContents.Lines(ModelFixtures.Root(_folder["a_00000.weights.h5"])),
            Is.EqualTo(FileContents.Lines(ModelFixtures.Root(_folder["a.weights.h5"])))
        );
    }

    [Test]
    public void A_shard_that_may_not_be_written_leaves_all_of_them()
    {
        var model = new Sequential([new Input(3), new Dense(2)]);
        model.SaveWeights(_folder["a.weights.json"], max_shard_size: 1);
        byte[] before = File.ReadAllBytes(_folder["a.weights.json"]);
        Assert.That(
            () =>
                SafeFile.WriteAll(
                    [(_folder["a_00000.weights.h5"], s => s.WriteByte(1)), (_folder["a.weights.json"], _ => throw new IOException("full"))],
                    () => Assert.Fail("nothing takes its place")
                ),
            Throws.TypeOf<IOException>().With.Message.EqualTo("full")
        );
        Assert.That(File.ReadAllBytes(_folder["a.weights.json"]), Is.EqualTo(before));
        Assert.That(Directory.GetFiles(_folder.Root), Has.Length.EqualTo(2));
        model.LoadWeights(_folder["a.weights.json"]);
    }

    [Test]
    public void Sizes_and_names_that_do_not_fit_several_files_are_refused()
    {
        var model = new Sequential([new Input(100), new Dense(10)]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => model.SaveWeights(_folder["a.weights.h5"], max_shard_size: 1),
                Throws.ArgumentException.With.Message.Contains(".weights.json")
            );
            Assert.That(() => model.SaveWeights(_folder["a.weights.json"]), Throws.ArgumentException.With.Message.Contains(".weights.h5"));
            Assert.That(
                () => model.SaveWeights(_folder["a.weights.json"], max_shard_size: 1e-6),
                Throws.ArgumentException.With.Message.Contains("kernel").And.Message.Contains("4000")
            );
            Assert.That(() => model.SaveWeights(_folder["a.weights.json"], max_shard_size: 0), Throws.InstanceOf<ArgumentException>());
            Assert.That(Directory.GetFiles(_folder.Root), Is.Empty);
        }
    }

    [Test]
    public void Formats_are_told_by_the_name_or_by_the_argument()
    {
        var model = new Sequential([new Input(3), new Dense(2)]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => model.Save(_folder["a.h5"], format: "tf"), Throws.ArgumentException.With.Message.Contains("tf_keras"));
            Assert.That(() => model.Save(_folder["a.keras"], format: "tf_keras"), Throws.ArgumentException.With.Message.Contains(".h5"));
            Assert.That(() => model.Save(_folder["a.h5"], format: "keras"), Throws.ArgumentException.With.Message.Contains(".keras"));
            Assert.That(Directory.GetFiles(_folder.Root), Is.Empty);
        }

        model.Save(_folder["model"], format: "keras");
        model.Save(_folder["weights.old"], format: "h5");
        Assert.That(File.ReadAllBytes(_folder["model"])[..2], Is.EqualTo("PK"u8.ToArray()));
        Assert.That(Model.Load(_folder["weights.old"]).Name, Is.EqualTo(model.Name));
    }

    /// <summary>Keras divides lists that are longer than 64,512 bytes.</summary>
    [Test]
    public void Long_lists_of_names_are_in_several_attributes()
    {
        var tree = new Hdf5Tree();
        string[] names = [.. Enumerable.Range(0, 2001).Select(i => $"{i:0000}{new string('n', 60)}")];
        Keras.Files.Legacy.LegacyGroups.SetList(tree, "names", names);
        Assert.That(tree.Attributes.Keys, Is.EqualTo(new[] { "names0", "names1" }));
        Assert.That(((IReadOnlyList<string>)tree.Attributes["names0"]), Has.Count.EqualTo(1001));

        using var stream = new MemoryStream();
        Hdf5Writer.Write(stream, tree);
        Assert.That(Keras.Files.Legacy.LegacyWeights.List(Hdf5File.Read(stream), "names"), Is.EqualTo(names));
    }

    [TestCase("top_level_model_weights")]
    [TestCase("a\0b")]
    [TestCase(".")]
    public void Names_that_an_h5_cannot_hold_are_refused(string name)
    {
        var model = new Sequential([new Input(3), new Dense(2, name: name)]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => model.Save(_folder["a.h5"]), Throws.TypeOf<NotSupportedException>());
            Assert.That(() => model.Save(_folder["a.h5"], format: "tf_keras"), Throws.TypeOf<NotSupportedException>());
            Assert.That(Directory.GetFiles(_folder.Root), Is.Empty);
        }

        model.Save(_folder["a.keras"]);
        Assert.That(Model.Load(_folder["a.keras"]).Layers[0].Name, Is.EqualTo(name));
    }

    [Test]
    public void The_longest_name_that_a_folder_takes_is_written()
    {
        string path = _folder[new string('n', 249) + ".keras"];
        new Sequential([new Input(3), new Dense(2)]).Save(path);
        Assert.That(Model.Load(path).Layers, Has.Count.EqualTo(1));
        Assert.That(Directory.GetFiles(_folder.Root), Has.Length.EqualTo(1));
    }

    [Test]
    [Platform("Linux,MacOsX")]
    public void A_temporary_file_has_no_name_that_a_killed_process_could_leave()
    {
        using FileStream file = TemporaryFile.Create();
        file.WriteByte(7);
        file.Position = 0;
        Assert.That(file.ReadByte(), Is.EqualTo(7));
        Assert.That(File.Exists(file.Name), Is.False);
    }

    // Keras puts an optimizer into one that scales the loss where the policy of the model says so, and has no place for its state
    // elsewhere.
    [Test]
    public void An_optimizer_that_scales_the_loss_of_some_layers_is_written_as_one([Values("m.keras", "m.h5")] string name)
    {
        var model = new Sequential([new Input(3), new Dense(2, dtype: "mixed_float16"), new Dense(2)]);
        model.Compile(new SGD(0.1, momentum: 0.5), "mean_squared_error");
        float[,] x =
        {
            { 1, 2, 3 },
            { 0, 1, -1 },
        };
        float[,] y =
        {
            { 1, 0 },
            { 0, 1 },
        };
        model.TrainOnBatch(x, y);
        model.Save(_folder[name]);
        Model loaded = Model.Load(_folder[name]);
        JsonNode optimizer = loaded.GetCompileConfig()!["optimizer"]!;
        double here = model.TrainOnBatch(x, y)["loss"];
        using (Assert.EnterMultipleScope())
        {
            Assert.That((string?)optimizer["class_name"], Is.EqualTo("LossScaleOptimizer"));
            Assert.That((string?)optimizer["config"]!["inner_optimizer"]!["class_name"], Is.EqualTo("SGD"));
            Assert.That(loaded.LoadWarnings, Is.Empty);
            Assert.That(loaded.TrainOnBatch(x, y)["loss"], Is.EqualTo(here));
            Assert.That(loaded.GetWeights()[0].ToArray<float>(), Is.EqualTo(model.GetWeights()[0].ToArray<float>()));
        }
    }

    [Test]
    public void What_is_made_for_a_file_lies_beside_it()
    {
        using FileStream target = File.Create(_folder["m.keras"]);
        using (FileStream file = TemporaryFile.Beside(target))
        {
            Assert.That(Path.GetDirectoryName(file.Name), Is.EqualTo(_folder.Root));
            Assert.That(File.Exists(file.Name), Is.EqualTo(OperatingSystem.IsWindows()));
        }

        using FileStream elsewhere = TemporaryFile.Beside(Stream.Null);
        Assert.That(Path.GetDirectoryName(elsewhere.Name), Is.EqualTo(Path.GetDirectoryName(Path.Combine(Path.GetTempPath(), "x"))));
    }

    [Test]
    [Platform("Linux,MacOsX")]
    [UnsupportedOSPlatform("windows")]
    public void A_file_that_has_another_name_is_replaced_as_a_whole_by_a_model()
    {
        File.WriteAllText(_folder["a.keras"], "old");
        using (var link = System.Diagnostics.Process.Start("ln", [_folder["a.keras"], _folder["b.keras"]]))
        {
            link.WaitForExit();
        }

        File.SetUnixFileMode(_folder["a.keras"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        new Sequential([new Input(3), new Dense(2)]).Save(_folder["a.keras"]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(File.ReadAllText(_folder["b.keras"]), Is.EqualTo("old"));
            Assert.That(Model.Load(_folder["a.keras"]).Layers, Has.Count.EqualTo(1));
            Assert.That(
                File.GetUnixFileMode(_folder["a.keras"]),
                Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead)
            );
        }
    }

    private static IEnumerable<float[]> Values(IEnumerable<Variable> variables) =>
        variables.Select(v => v.Value.detach().to(TorchSharp.torch.ScalarType.Float32).contiguous().data<float>().ToArray());
}
