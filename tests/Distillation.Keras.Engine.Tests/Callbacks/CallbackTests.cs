using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Optimizers.Schedules;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Callbacks;

[NonParallelizable]
public sealed class CallbackTests
{
    private Tensor _x = null!;
    private Tensor _y = null!;

    [OneTimeSetUp]
    public void MakeData()
    {
        _x = linspace(0, 1, 32).reshape(8, 4).DetachFromDisposeScope();
        _y = (arange(8).remainder(2)).reshape(8, 1).to(float32).DetachFromDisposeScope();
    }

    [OneTimeTearDown]
    public void FreeData()
    {
        _x.Dispose();
        _y.Dispose();
    }

    private static Sequential Compiled(Optimizer? optimizer = null)
    {
        var model = new Sequential(new Input(4), new Dense(1, activation: "sigmoid"));
        model.Compile(optimizer ?? new SGD(0.5), "binary_crossentropy", ["accuracy"]);
        return model;
    }

    private History Fit(Model model, int epochs, int verbose, params Callback[] callbacks) =>
        model.Fit(_x, _y, batch_size: 4, epochs: epochs, verbose: verbose, callbacks: callbacks, validation_data: (_x, _y));

    private static string Captured(Action action)
    {
        TextWriter before = Console.Out;
        using var text = new StringWriter();
        Console.SetOut(text);
        try
        {
            action();
        }
        finally
        {
            Console.SetOut(before);
        }

        return text.ToString().ReplaceLineEndings("\n");
    }

    [Test]
    public void Functions_are_called_in_Keras_order()
    {
        var calls = new List<string>();
        var lambda = new LambdaCallback(
            on_epoch_begin: (epoch, logs) => calls.Add($"epoch {epoch} begins {logs.Count}"),
            on_epoch_end: (epoch, logs) => calls.Add($"epoch {epoch} ends {string.Join(",", logs.Keys)}"),
            on_train_begin: logs => calls.Add($"begin {logs.Count}"),
            on_train_end: logs => calls.Add($"end {string.Join(",", logs.Keys)}"),
            on_train_batch_begin: (batch, logs) => calls.Add($"batch {batch} begins {logs.Count}"),
            on_train_batch_end: (batch, logs) => calls.Add($"batch {batch} ends {string.Join(",", logs.Keys)}")
        );
        Fit(Compiled(), 1, 0, lambda);
        Assert.That(
            calls,
            Is.EqualTo(
                (string[])
                    [
                        "begin 0",
                        "epoch 0 begins 0",
                        "batch 0 begins 0",
                        "batch 0 ends accuracy,loss",
                        "batch 1 begins 0",
                        "batch 1 ends accuracy,loss",
                        "epoch 0 ends accuracy,loss,val_accuracy,val_loss",
                        "end accuracy,loss,val_accuracy,val_loss",
                    ]
            )
        );
    }

    [Test]
    public void StopTraining_ends_the_fit_after_the_step_and_the_epoch_is_still_reported()
    {
        Model model = Compiled();
        int steps = 0;
        History history = Fit(
            model,
            5,
            0,
            new LambdaCallback(on_train_batch_begin: (_, _) => steps++, on_train_batch_end: (_, _) => model.StopTraining = true)
        );
        Assert.That(steps, Is.EqualTo(1));
        Assert.That(history.Epochs, Is.EqualTo((int[])[0]));
        Assert.That(history.Contains("val_loss"), Is.True);
    }

    [Test]
    public void A_scheduler_gets_the_epoch_and_the_rate_and_sets_the_next()
    {
        Model model = Compiled(new SGD(1.0));
        string text = Captured(() =>
        {
            History history = Fit(model, 3, 0, new LearningRateScheduler((epoch, rate) => epoch == 0 ? rate : rate / 2, verbose: 1));
            Assert.That(history["learning_rate"], Is.EqualTo((double[])[1, 0.5, 0.25]));
        });
        Assert.That(model.Optimizer.LearningRate, Is.EqualTo(0.25));
        Assert.That(text, Does.StartWith("\nEpoch 1: LearningRateScheduler setting learning rate to 1.0.\n"));
        Assert.That(
            () => Fit(model, 1, 0, new LearningRateScheduler((_, _) => -1)),
            Throws.InvalidOperationException.With.Message.Contains("-1.0")
        );
    }

    [Test]
    public void Rates_given_by_a_schedule_are_refused_before_the_first_step()
    {
        Callback[] callbacks = [new ReduceLROnPlateau(), new LearningRateScheduler((_, rate) => rate)];
        foreach (Callback callback in callbacks)
        {
            Model model = Compiled(new SGD(new ExponentialDecay(0.1, 1, 0.9)));
            Assert.That(() => Fit(model, 1, 0, callback), Throws.InvalidOperationException.With.Message.Contains("ExponentialDecay"));
            Assert.That(model.Optimizer.Iterations, Is.Zero);
        }
    }

    [Test]
    public void A_plateau_says_that_the_rate_becomes_smaller()
    {
        Model model = Compiled(new SGD(0.5));
        string text = Captured(() =>
            Fit(model, 2, 0, new ReduceLROnPlateau(monitor: "loss", factor: 0.5, patience: 1, min_delta: 100, verbose: 1))
        );
        Assert.That(text, Is.EqualTo("\nEpoch 2: ReduceLROnPlateau reducing learning rate to 0.25.\n"));
    }

    [TestCase("val_acc")]
    [TestCase("val_lss")]
    public void A_value_whose_direction_cannot_be_told_is_refused(string monitor)
    {
        Assert.That(
            () => Fit(Compiled(), 1, 0, new EarlyStopping(monitor)),
            Throws.ArgumentException.With.Message.Contains("mode: \"max\"")
        );
        Assert.That(() => Fit(Compiled(), 1, 0, new ReduceLROnPlateau(monitor)), Throws.ArgumentException.With.Message.Contains(monitor));
        Assert.That(
            () => Fit(Compiled(), 1, 0, new EarlyStopping(monitor, mode: "min")),
            Throws.InvalidOperationException.With.Message.Contains("accuracy, loss, val_accuracy, val_loss")
        );
    }

    [Test]
    public void The_direction_of_a_metric_is_its_own()
    {
        // The accuracy cannot fall without end: watching for the wrong direction would never stop.
        var feed = new LambdaCallback(on_epoch_end: (epoch, logs) => logs["val_accuracy"] = -epoch);
        History history = Fit(Compiled(), 20, 0, feed, new EarlyStopping("val_accuracy", patience: 3));
        Assert.That(history.Epochs, Has.Count.EqualTo(4));
    }

    [Test]
    public void Without_validation_its_loss_is_missed_at_the_first_epoch()
    {
        Model model = Compiled();
        Assert.That(
            () => model.Fit(_x, _y, epochs: 5, verbose: 0, callbacks: [new EarlyStopping()]),
            Throws.InvalidOperationException.With.Message.Contains("epoch 1").And.Message.Contains("validation_data")
        );
    }

    [Test]
    public void Epochs_without_a_validation_are_passed_over()
    {
        Model model = Compiled(new SGD(0.0));
        History history = model.Fit(
            _x,
            _y,
            epochs: 9,
            verbose: 0,
            callbacks: [new EarlyStopping(patience: 1)],
            validation_data: (_x, _y),
            validation_freq: 2
        );
        Assert.That(history.Epochs, Has.Count.EqualTo(4));
        Assert.That(
            () => model.Fit(_x, _y, epochs: 1, verbose: 0, callbacks: [new EarlyStopping()], validation_data: (_x, _y), validation_freq: 2),
            Throws.ArgumentException.With.Message.Contains("validation_freq: 2")
        );
    }

    [Test]
    public void Arguments_out_of_range_are_refused()
    {
        Assert.That(() => new ReduceLROnPlateau(factor: 1.0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new ReduceLROnPlateau(min_lr: -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new EarlyStopping(patience: -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new EarlyStopping(min_delta: double.NaN), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new EarlyStopping(mode: "best"), Throws.ArgumentException.With.Message.Contains("best"));
    }

    [Test]
    public void Early_stopping_says_what_it_does()
    {
        string text = Captured(() =>
            Fit(Compiled(new SGD(0.0)), 5, 0, new EarlyStopping(patience: 1, verbose: 1, restore_best_weights: true))
        );
        Assert.That(text, Is.EqualTo("Epoch 2: early stopping\nRestoring model weights from the end of the best epoch: 1.\n"));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void The_best_weights_are_freed_after_the_fit(bool interrupted)
    {
        Model model = Compiled();
        var feed = new LambdaCallback(on_epoch_end: (epoch, logs) => logs["val_loss"] = -epoch);
        var fail = new LambdaCallback(
            on_epoch_end: (epoch, logs) =>
            {
                if (interrupted && epoch == 2)
                {
                    throw new TimeoutException();
                }
            }
        );
        void Run()
        {
            try
            {
                Fit(model, 4, 0, feed, new EarlyStopping(restore_best_weights: true), fail);
            }
            catch (TimeoutException) { }
        }

        Assert.That(LiveTensors.LeftBy(Run), Is.Zero);
    }

    [Test]
    public void A_loss_that_is_NaN_ends_the_fit_or_throws()
    {
        Model model = Compiled();
        model.Weights[0].Assign(full(model.Weights[0].Value.shape, float.NaN));
        string text = Captured(() => Assert.That(Fit(model, 5, 0, new TerminateOnNaN())["loss"], Is.EqualTo((double[])[double.NaN])));
        Assert.That(text, Is.EqualTo("Batch 0: Invalid loss, terminating training\n"));
        Assert.That(
            () => Fit(model, 5, 0, new TerminateOnNaN(raise_error: true)),
            Throws.InstanceOf<ArithmeticException>().With.Message.Contains("batch 0")
        );
        Assert.That(() => Fit(model, 5, 0), Throws.InstanceOf<ArithmeticException>().With.Message.Contains("epoch 1"));
    }

    [Test]
    public void A_fit_and_an_evaluation_write_plain_lines_where_output_is_redirected()
    {
        Assume.That(Console.IsOutputRedirected, "The tests themselves run on a terminal.");

        // As in Keras, a value of 0 has another form, 0.0000e+00, which chance gives an accuracy now and then.
        Utils.SetRandomSeed(1);
        Model model = Compiled();
        string text = Captured(() =>
        {
            Fit(model, 2, 1);
            model.Evaluate(_x, _y, batch_size: 4, verbose: 1);
        });
        string predictions = Captured(() =>
        {
            model.Predict(_x, batch_size: 4).Dispose();
            model.Predict(_x, batch_size: 4, verbose: 1).Dispose();
            model.PredictOutputs(_x, 2, 2)[0].Dispose();
        });
        Assert.That(predictions, Does.Match(@"\A2/2 - \d+s - \d+(us|ms|s)/step\n4/4 - \d+s - \d+(us|ms|s)/step\n\z"));
        Assert.That(() => model.Predict(_x, verbose: 3), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("verbose"));
        // How long it takes is ProgressBarTests' matter, which have a clock of their own.
        const string Line = @"2/2 - \S+ - \S+/step - accuracy: \d\.\d{4} - loss: \d\.\d{4}";
        const string Validation = @" - val_accuracy: \d\.\d{4} - val_loss: \d\.\d{4}";
        Assert.That(text, Does.Match($@"\AEpoch 1/2\n{Line}{Validation}\nEpoch 2/2\n{Line}{Validation}\n{Line}\n\z"));
    }
}
