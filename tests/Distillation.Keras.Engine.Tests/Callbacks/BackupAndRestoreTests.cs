using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using static Distillation.Keras.Engine.Tests.Training.LinearProblem;

namespace Distillation.Keras.Engine.Tests.Callbacks;

public sealed class BackupAndRestoreTests
{
    private const string Latest = "latest.fitstate";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Make() => _folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => _folder.Dispose();

    private string Backup => _folder["backup"];

    private string File_(string name) => Path.Combine(Backup, name);

    // The same first weights each time, and numbers that are drawn in the fit.
    private static Sequential Problem()
    {
        Utils.SetRandomSeed(5);
        Sequential model = new(new Input(2), new Dense(4, activation: "tanh"), new Dropout(0.3), new Dense(1));
        model.Compile(new Adam(0.05), "mse", ["mae"]);
        return model;
    }

    private static History Fit(Model model, params Callback[] callbacks) =>
        model.Fit(X, Y, batch_size: 2, epochs: 4, verbose: 0, validation_split: 0.2, callbacks: callbacks);

    private static float[][] Weights(Model model) => [.. model.Weights.Select(w => w.Value.data<float>().ToArray())];

    private static double[][] Values(History history) => [.. history.Names.Select(n => history[n].ToArray())];

    [TestCase(null, 2, 1)]
    [TestCase(null, 1, 3)]
    [TestCase(3, 2, 1)]
    [TestCase(1, 0, 2)]
    public void A_fit_that_was_broken_off_ends_as_if_it_had_not_been(int? frequency, int epoch, int batch)
    {
        Sequential whole = Problem();
        History expected = Fit(whole);
        Sequential broken = Problem();
        SaveFrequency save = frequency is int number ? number : SaveFrequency.Epoch;
        Assert.That(() => Fit(broken, new BackupAndRestore(Backup, save), new Breaking(epoch, batch)), Throws.InvalidOperationException);
        Assert.That(File.Exists(File_(Latest)), Is.EqualTo(frequency is not null || epoch > 0));

        Utils.SetRandomSeed(99);
        Sequential again = new(new Input(2), new Dense(4, activation: "tanh"), new Dropout(0.3), new Dense(1));
        again.Compile(new Adam(0.05), "mse", ["mae"]);
        var counted = new Counting();
        History history = Fit(again, new BackupAndRestore(Backup, save), counted);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Weights(again), Is.EqualTo(Weights(whole)));
            Assert.That(Values(history), Is.EqualTo(Values(expected)));
            Assert.That(counted.Steps, Is.LessThan(16).And.GreaterThan(0), "it did not begin anew");
            Assert.That(Directory.GetFiles(Backup), Is.Empty, "the fit is over");
        }
    }

    [Test]
    public void A_damaged_file_is_refused_or_the_one_before_it_is_read()
    {
        Assert.That(
            () => Fit(Problem(), new BackupAndRestore(Backup, 1, double_checkpoint: true), new Breaking(1, 2)),
            Throws.InvalidOperationException
        );
        byte[] bytes = File.ReadAllBytes(File_(Latest));
        bytes[^1] ^= 1;
        File.WriteAllBytes(File_(Latest), bytes);
        File.Copy(File_("former.fitstate"), _folder["kept"]);
        File.Delete(File_("former.fitstate"));
        Assert.That(
            () => Fit(Problem(), new BackupAndRestore(Backup)),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains(Latest).And.Message.Contains("damaged")
        );
        File.Copy(_folder["kept"], File_("former.fitstate"));
        Sequential whole = Problem();
        Fit(whole);
        Sequential again = Problem();
        Fit(again, new BackupAndRestore(Backup, delete_checkpoint: false));
        Assert.That(Weights(again), Is.EqualTo(Weights(whole)));
        Assert.That(File.Exists(File_(Latest)), Is.True);
        File.WriteAllText(File_(Latest), "text");
        File.Delete(File_("former.fitstate"));
        Assert.That(
            () => Fit(again, new BackupAndRestore(Backup)),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("no state")
        );
    }

    [Test]
    public void The_state_of_another_fit_is_refused_and_the_model_is_as_it_was()
    {
        Assert.That(() => Fit(Problem(), new BackupAndRestore(Backup, 1), new Breaking(1, 2)), Throws.InvalidOperationException);
        Sequential other = Problem();
        float[][] before = Weights(other);
        Assert.That(
            () => other.Fit(X, Y, batch_size: 5, epochs: 4, verbose: 0, callbacks: [new BackupAndRestore(Backup)]),
            Throws.ArgumentException.With.Message.Contains("steps an epoch")
        );
        Assert.That(Weights(other), Is.EqualTo(before));
        Assert.That(File.Exists(File_(Latest)), Is.True);
    }

    private sealed class Breaking(int epoch, int batch) : Callback
    {
        private int _epoch;

        public override void OnEpochBegin(int epoch, Logs logs) => _epoch = epoch;

        public override void OnTrainBatchEnd(int step, Logs logs)
        {
            if (_epoch == epoch && step == batch)
            {
                throw new InvalidOperationException("the lights went out");
            }
        }
    }

    private sealed class Counting : Callback
    {
        public int Steps { get; private set; }

        public override void OnTrainBatchBegin(int batch, Logs logs) => Steps++;
    }
}
