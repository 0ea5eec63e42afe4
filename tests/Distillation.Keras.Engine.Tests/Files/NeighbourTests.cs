using System.Diagnostics;
using Distillation.Keras.Layers;
using NumSharp;

namespace Distillation.Keras.Engine.Tests.Files;

/// <summary>Files that a file names: shards of weights, and those of TensorFlow.js.</summary>
[TestFixture]
[Platform("Linux,MacOsX")]
public sealed class NeighbourTests
{
    private const string Weights = "weights.bin";
    private const string Shard = "w_00000.weights.h5";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public void A_link_to_a_file_of_TensorFlow_js_is_not_followed()
    {
        string path = TensorFlowJsFixtures.Copy("sgd", _folder);
        string elsewhere = _folder.Write(File.ReadAllBytes(_folder["sgd", Weights]), "elsewhere", Weights);
        File.Delete(_folder["sgd", Weights]);
        File.CreateSymbolicLink(_folder["sgd", Weights], elsewhere);
        Assert.That(() => Model.Load(path), Throws.TypeOf<ModelFormatException>().With.Message.Contains("is a link"));

        Directory.CreateSymbolicLink(_folder["sgd", "below"], _folder["elsewhere"]);
        File.WriteAllText(path, File.ReadAllText(path).Replace($"\"{Weights}\"", $"\"below/{Weights}\"", StringComparison.Ordinal));
        Assert.That(() => Model.Load(path), Throws.TypeOf<ModelFormatException>().With.Message.Contains("is a link"));
    }

    [Test]
    public void A_link_to_a_shard_is_not_followed()
    {
        Model model = Sharded();
        File.Move(_folder[Shard], _folder["elsewhere"]);
        File.CreateSymbolicLink(_folder[Shard], _folder["elsewhere"]);
        Assert.That(
            () => model.LoadWeights(_folder["w.weights.json"]),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains($"'{Shard}', which is a link")
        );
    }

    [Test]
    public void A_model_that_is_all_links_is_read()
    {
        Model model = Sharded();
        TensorFlowJsFixtures.Copy("sgd", _folder);
        Directory.CreateDirectory(_folder["cache"]);
        foreach (string path in (string[])["w.weights.json", Shard, "sgd/model.json", $"sgd/{Weights}"])
        {
            File.CreateSymbolicLink(_folder["cache", Path.GetFileName(path)], _folder[path]);
        }

        IReadOnlyList<NDArray> before = model.GetWeights();
        model.SetWeights([.. before.Select(w => w + 1f)]);
        model.LoadWeights(_folder["cache", "w.weights.json"]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(model.GetWeights()[0].ToArray<float>(), Is.EqualTo(before[0].ToArray<float>()));
            Assert.That(Model.Load(_folder["cache", "model.json"]).Weights, Is.Not.Empty);
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_pipe_is_no_file_of_weights()
    {
        Model model = Sharded();
        File.Delete(_folder[Shard]);
        using (var pipe = Process.Start("mkfifo", [_folder[Shard]]))
        {
            pipe.WaitForExit();
        }

        Assert.That(
            () => model.LoadWeights(_folder["w.weights.json"]),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains("a device or a pipe")
        );
    }

    private Sequential Sharded()
    {
        var model = new Sequential([new Input(3), new Dense(2)]);
        model.SaveWeights(_folder["w.weights.json"], max_shard_size: 1);
        return model;
    }
}
