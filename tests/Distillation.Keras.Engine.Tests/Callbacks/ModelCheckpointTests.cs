using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.CallbackTests;

/// <summary>Files that are written while a model is trained.</summary>
[TestFixture]
public sealed class ModelCheckpointTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public void Each_epoch_has_a_file_of_its_name()
    {
        Model model = Fit(epochs: 3, new ModelCheckpoint(_folder["m.{epoch:02d}.keras"]));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Files, Is.EqualTo(new[] { "m.01.keras", "m.02.keras", "m.03.keras" }));
            Assert.That(Values(Model.Load(_folder["m.03.keras"])), Is.EqualTo(Values(model)));
            Assert.That(Values(Model.Load(_folder["m.02.keras"])), Is.Not.EqualTo(Values(model)));
        }
    }

    // Eight samples in batches of two: four batches an epoch, of which each third is due, counted over epochs.
    [Test]
    public void Batches_are_counted_over_epochs()
    {
        Fit(epochs: 2, new ModelCheckpoint(_folder["{epoch}-{batch}.weights.h5"], save_weights_only: true, save_freq: 3));
        Assert.That(Files, Is.EqualTo(new[] { "1-3.weights.h5", "2-2.weights.h5" }));
    }

    [Test]
    public void Only_what_is_better_than_all_before_is_saved()
    {
        double[] values = [0.5, 0.7, 0.4, 0.4, 0.3];
        var set = new LambdaCallback(on_epoch_end: (epoch, logs) => logs["value"] = values[epoch]);
        var best = new ModelCheckpoint(_folder["{epoch}.keras"], monitor: "value", mode: "min", save_best_only: true);
        Fit(epochs: 5, set, best);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Files, Is.EqualTo(new[] { "1.keras", "3.keras", "5.keras" }));
            Assert.That(best.Best, Is.EqualTo(0.3));
        }
    }

    [Test]
    public void What_is_not_better_than_the_threshold_is_not_saved()
    {
        Fit(
            epochs: 2,
            new LambdaCallback(on_epoch_end: (epoch, logs) => logs["value"] = epoch),
            new ModelCheckpoint(
                _folder["{epoch}-{value:.1f}.keras"],
                monitor: "value",
                mode: "max",
                save_best_only: true,
                initial_value_threshold: 0.5
            )
        );
        Assert.That(Files, Is.EqualTo(new[] { "2-1.0.keras" }));
    }

    [Test]
    public void It_makes_the_folder_and_says_what_it_does()
    {
        TextWriter before = Console.Out;
        var said = new StringWriter();
        Console.SetOut(said);
        try
        {
            Fit(epochs: 1, new ModelCheckpoint(_folder["a", "b", "m.keras"], verbose: 1));
        }
        finally
        {
            Console.SetOut(before);
        }

        Assert.That(said.ToString(), Is.EqualTo($"\nEpoch 1: saving model to {_folder["a", "b", "m.keras"]}\n".ReplaceLineEndings()));
    }

    /// <summary>As in Keras, what was the best in a fit before stays the best, so that no worse model takes its place.</summary>
    [Test]
    public void The_best_of_all_fits_is_kept_also_as_h5()
    {
        string path = _folder["best.h5"];
        var checkpoint = new ModelCheckpoint(path, monitor: "score", save_best_only: true, mode: "max");
        Fit(1, new LambdaCallback(on_epoch_end: (_, logs) => logs["score"] = 0.9), checkpoint);
        byte[] best = File.ReadAllBytes(path);
        Fit(1, new LambdaCallback(on_epoch_end: (_, logs) => logs["score"] = 0.1), checkpoint);
        Assert.That(checkpoint.Best, Is.EqualTo(0.9));
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(best));
        Model.Load(path).Release();
    }

    [Test]
    public void A_value_of_epochs_is_not_watched_after_batches() =>
        Assert.That(
            () => Fit(1, new ModelCheckpoint(_folder["m.keras"], save_best_only: true, save_freq: 1)),
            Throws.ArgumentException.With.Message.Contains("'val_loss' comes at the end of an epoch")
        );

    [Test]
    public void What_cannot_be_is_refused()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new ModelCheckpoint("model.tf"), Throws.ArgumentException.With.Message.Contains("'.keras'"));
            Assert.That(
                () => new ModelCheckpoint("m.h5", save_weights_only: true),
                Throws.ArgumentException.With.Message.Contains(".weights.h5")
            );
            Assert.That(
                () => new ModelCheckpoint("m.keras", save_freq: "batch"),
                Throws.ArgumentException.With.Message.Contains("\"batch\"")
            );
            Assert.That(
                () => new ModelCheckpoint("m.keras", save_freq: (SaveFrequency)0),
                Throws.InstanceOf<ArgumentOutOfRangeException>()
            );
            Assert.That(() => new ModelCheckpoint("m.keras", mode: "best"), Throws.ArgumentException);
            Assert.That(
                () => Fit(epochs: 1, new ModelCheckpoint(_folder["{val_los}.keras"])),
                Throws.ArgumentException.With.Message.Contains("val_los").And.Message.Contains("loss")
            );
            Assert.That(
                () => Fit(epochs: 1, new ModelCheckpoint(_folder["{epoch:x}.keras"])),
                Throws.ArgumentException.With.Message.Contains("'x'")
            );
        }
    }

    private string[] Files => [.. Directory.GetFiles(_folder.Root).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    private static Sequential Fit(int epochs, params Callback[] callbacks)
    {
        var model = new Sequential(new Input(3), new Dense(2));
        model.Compile("adam", loss: "mse");
        model.Fit(
            arange(24, dtype: ScalarType.Float32).view(8, 3),
            zeros(8, 2),
            batch_size: 2,
            epochs: epochs,
            verbose: 0,
            callbacks: [.. callbacks]
        );
        return model;
    }

    private static double[] Values(Model model) =>
        [.. model.Weights.SelectMany(w => w.Value.to(ScalarType.Float64).data<double>().ToArray())];
}
