using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Metrics;
using Distillation.Keras.Optimizers;
using Distillation.Keras.State;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Training;

/// <summary>A fit that is cancelled at any step and goes on from its state ends as the one that was not interrupted: bit for bit.</summary>
public sealed partial class FitStateTests
{
    private const int Epochs = 3;

    private static readonly float[,] X = Numbers(22, 5, 1);
    private static readonly float[,] Y = Classes(22, 3);

    private static readonly Setting[] Settings =
    [
        new("adam, dropout, batch normalisation", () => new Adam(0.01)),
        new("momentum, in order", () => new SGD(0.05, momentum: 0.9, nesterov: true)) { Shuffle = false },
        new("nadam with numbers of its own, moving averages", () => new Nadam(0.01, use_ema: true, ema_momentum: 0.9)),
        new("accumulated gradients", () => new RMSprop(0.01, gradient_accumulation_steps: 3)),
        new("epochs that end within passes", () => new Adam(0.01)) { StepsPerEpoch = 3 },
        new("groups of steps", () => new Adam(0.01)) { StepsPerExecution = 2 },
        new("validation", () => new Adam(0.01)) { ValidationSplit = 0.3 },
        new("metrics with sums of many kinds", () => new Adam(0.01))
        {
            Metrics = () => ["accuracy", new AUC(multi_label: true, name: "auc"), new Precision(name: "precision")],
        },
        new("a rate that falls", () => new SGD(0.5))
        {
            ValidationSplit = 0.3,
            Callbacks = () => [new ReduceLROnPlateau("val_loss", factor: 0.5, patience: 1, min_delta: 10)],
        },
        new("the best weights", () => new SGD(5.0))
        {
            ValidationSplit = 0.3,
            Callbacks = () => [new EarlyStopping("val_loss", patience: 2, restore_best_weights: true)],
        },
        new("a rate by epoch", () => new SGD(0.5)) { Callbacks = () => [new LearningRateScheduler((_, rate) => rate * 0.5)] },
        new("a callback of one's own", () => new Adam(0.01)) { Callbacks = () => [new Decay()] },
        new("a scaled loss", () => new LossScaleOptimizer(new Adam(0.01), dynamic_growth_steps: 4)),
        new("weights of the samples", () => new Adam(0.01)) { HasWeights = true },
    ];

    [TestCaseSource(nameof(Settings))]
    public void A_fit_goes_on_as_if_it_had_not_been_interrupted(Setting setting)
    {
        Outcome whole = setting.Run([]);
        Assert.That(whole.Steps, Is.GreaterThan(7));
        for (int step = 1; step < whole.Steps; step++)
        {
            Assert.That(setting.Run([step]), Is.EqualTo(whole), $"interrupted after {step} steps");
        }

        Assert.That(setting.Run([2, 3, 7]), Is.EqualTo(whole), "interrupted three times");
    }

    [Test]
    public void A_fit_goes_on_within_a_group_of_steps()
    {
        // Callbacks hear of whole groups only.
        var batches = new List<int>();
        Outcome Run(int steps)
        {
            batches.Clear();
            Model model = new Setting("groups", () => new Adam(0.01)).Model();
            using var source = new CancellationTokenSource();
            int step = 0;
            model.Compile(
                new Adam(0.01),
                (y, p) =>
                {
                    if (++step == steps)
                    {
                        source.Cancel();
                    }

                    return p.sub(y).abs().mean([-1]);
                },
                steps_per_execution: 3
            );
            FitState? state = null;
            var heard = new LambdaCallback(
                on_train_batch_begin: (b, _) => batches.Add(b),
                on_train_batch_end: (b, _) => batches.Add(100 + b)
            );
            History Fit(CancellationToken token) =>
                model.Fit(X, Y, epochs: 2, batch_size: 4, verbose: 0, callbacks: [heard], state: state, cancellationToken: token);
            if (steps > 0)
            {
                state = Assert.Throws<FitCanceledException>(() => Fit(source.Token))!.State;
            }

            return Outcome.Of(model, Fit(default), 0);
        }

        Outcome whole = Run(0);
        int[] all = [.. batches];
        for (int steps = 1; steps < 12; steps++)
        {
            using (Assert.EnterMultipleScope())
            {
                Assert.That(Run(steps), Is.EqualTo(whole), $"interrupted after {steps} steps");
                Assert.That(batches, Is.EqualTo(all), $"interrupted after {steps} steps");
            }
        }
    }

    [Test]
    public void A_fit_that_is_cancelled_in_its_validation_makes_the_validation_again()
    {
        var setting = new Setting("validation", () => new Adam(0.01)) { ValidationSplit = 0.3 };
        Assert.That(setting.Run([], validations: [2]), Is.EqualTo(setting.Run([])));
    }

    [Test]
    public void A_state_stands_for_itself()
    {
        // Whatever happens to the model and the optimizer meanwhile, and however often it is used.
        var setting = new Setting("adam", () => new Adam(0.01));
        Outcome whole = setting.Run([]);
        Model model = setting.Model();
        FitState state = setting.Cancelled(model, 4);
        model.Fit(X, Y, epochs: 2, batch_size: 3, verbose: 0);
        var copy = new FitState(
            state.Values.ToDictionary(v => v.Key, v => new StateArray(v.Value.ElementType, v.Value.Sizes, v.Value.Bytes))
        );
        foreach (FitState each in (FitState[])[state, copy, state])
        {
            Assert.That(Outcome.Of(model, setting.Fit(model, each, [], default), whole.Steps), Is.EqualTo(whole));
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(state.Epoch, Is.Zero);
            Assert.That(state.Step, Is.EqualTo(4));
        }
    }

    [Test]
    public void A_fit_may_be_made_longer()
    {
        var setting = new Setting("adam", () => new Adam(0.01));
        Model model = setting.Model();
        FitState state = setting.Cancelled(model, 7);
        History history = model.Fit(X, Y, epochs: 5, batch_size: 4, verbose: 0, state: state);
        Assert.That(history.Epochs, Is.EqualTo([0, 1, 2, 3, 4]));
    }

    [Test]
    public void A_file_of_values_is_written_as_without_the_interruption()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            string Text(string name, int[] interruptions)
            {
                string file = Path.Combine(folder, name);
                var setting = new Setting(name, () => new Adam(0.01)) { Callbacks = () => [new CSVLogger(file)] };
                setting.Run(interruptions);
                return File.ReadAllText(file);
            }

            Assert.That(Text("interrupted", [9]), Is.EqualTo(Text("whole", [])));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void A_layer_with_a_seed_goes_on_with_its_random_numbers()
    {
        var setting = new Setting("seeded", () => new SGD(0.1)) { Dropout = () => new Dropout(0.5, seed: 3) };
        Assert.That(setting.Run([3]), Is.EqualTo(setting.Run([])));
    }

    [Test]
    public void The_state_of_another_fit_is_refused_and_changes_nothing()
    {
        var setting = new Setting("adam", () => new Adam(0.01)) { Callbacks = () => [new EarlyStopping("loss", patience: 9)] };
        FitState state = setting.Cancelled(setting.Model(), 4);
        Model other = setting.Model();
        double[] before = Outcome.Values(other);
        using (Assert.EnterMultipleScope())
        {
            Refused(
                () => other.Fit(X, Y, epochs: 3, batch_size: 5, verbose: 0, state: state, callbacks: [new EarlyStopping("loss")]),
                "steps an epoch is 6, and here it is 5"
            );
            Refused(
                () =>
                    other.Fit(
                        X,
                        Y,
                        epochs: 3,
                        batch_size: 4,
                        verbose: 0,
                        state: state,
                        shuffle: false,
                        callbacks: [new EarlyStopping("loss")]
                    ),
                "shuffle is 1, and here it is 0"
            );
            Refused(() => other.Fit(X, Y, epochs: 3, batch_size: 4, verbose: 0, state: state), "EarlyStopping_1");
            Refused(() => other.Fit(X, Y, epochs: 3, initial_epoch: 1, batch_size: 4, verbose: 0, state: state), "Leave initial_epoch out");
            Refused(
                () => other.Fit(X, Y, epochs: 0, batch_size: 4, verbose: 0, state: state, callbacks: [new EarlyStopping("loss")]),
                "it is in epoch 1, and here epochs, the number of the last epoch, is 0"
            );
            Assert.That(Outcome.Values(other), Is.EqualTo(before));
            Assert.That(other.Optimizer.Iterations, Is.Zero);
        }

        var larger = new Sequential(new Input(5), new Dense(4), new Dense(3, "softmax"));
        larger.Compile("adam", "categorical_crossentropy");
        Refused(
            () => larger.Fit(X, Y, epochs: 3, batch_size: 4, verbose: 0, state: state, callbacks: [new EarlyStopping("loss")]),
            "that of another one"
        );
    }

    [Test]
    public void A_state_that_is_put_together_is_checked()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => new FitState(new Dictionary<string, StateArray>()),
                Throws.ArgumentException.With.Message.Contains("'loop/epoch'")
            );
            Assert.That(
                () => new StateArray(ScalarType.Float32, [2, 3], new byte[23]),
                Throws.ArgumentException.With.Message.Contains("has 24 bytes, but 23 were given")
            );
            Assert.That(
                () => new StateArray(ScalarType.Float32, [-2, -3], new byte[24]),
                Throws.ArgumentException.With.Message.Contains("not negative").And.Message.Contains("(-2, -3)")
            );
        }
    }

    [Test]
    public void A_damaged_state_is_refused_and_changes_nothing()
    {
        var setting = new Setting("adam", () => new Adam(0.01));
        FitState state = setting.Cancelled(setting.Model(), 7);
        Model other = setting.Model();
        double[] before = Outcome.Values(other);
        using (Assert.EnterMultipleScope())
        {
            Damaged("weights/0", null, "that of 'weights/0' is null");
            Damaged("reported/names", new StateArray(ScalarType.Byte, [3], "[1,"u8), "'reported/names' is no list of texts");
            Damaged("reported/names", new StateArray(ScalarType.Byte, [6], "[null]"u8), "'reported/names' is no list of texts");
            Damaged("data/taken", new StateArray(ScalarType.Int64, [], BitConverter.GetBytes(-3L)), "'data/taken' is no number");
            Damaged("data/taken", new StateArray(ScalarType.Int64, [], BitConverter.GetBytes(1L << 40)), "'data/taken' is no number");
            Damaged("data/taken", new StateArray(ScalarType.Int64, [], BitConverter.GetBytes(7L)), "behind 7 batches");
            Damaged("data/drawn_from", new StateArray(ScalarType.Byte, [0], []), "which random numbers");
            Damaged("loop/step", new StateArray(ScalarType.Int64, [], BitConverter.GetBytes(7L)), "7 steps of an epoch");
            Damaged("loop/seen_steps", new StateArray(ScalarType.Int64, [], BitConverter.GetBytes(-2L)), "its epochs have -2 steps");
            Damaged("reported/sums/loss/count", new StateArray(ScalarType.Int64, [], BitConverter.GetBytes(-1L)), "is no number");
            Damaged("optimizer/iteration", new StateArray(ScalarType.Float64, [], BitConverter.GetBytes(double.NaN)), "made NaN steps");
            Damaged("callbacks/History_1/epochs", new StateArray(ScalarType.Float64, [1], BitConverter.GetBytes(0.5)), "its history");
            Damaged("callbacks/History_1/values/loss", new StateArray(ScalarType.Float64, [9], new byte[72]), "9 values of 'loss'");
            foreach (string random in (string[])["loop/random", "data/drawn_from"])
            {
                byte[] bytes = state.Values[random].Bytes.ToArray();

                // How many of the generator's words are left, whether it was seeded, and which word comes next.
                foreach (int at in (int[])[8, 12, 16])
                {
                    byte[] damaged = [.. bytes];
                    BitConverter.GetBytes(at == 12 ? 0 : 999).CopyTo(damaged, at);
                    Damaged(random, new StateArray(ScalarType.Byte, [bytes.Length], damaged), "are no such state");
                }
            }

            Damaged("data/drawn_from", new StateArray(ScalarType.Byte, [3], new byte[3]), "but 3 were given");
            Assert.That(Outcome.Values(other), Is.EqualTo(before));
        }

        void Damaged(string name, StateArray? value, string part)
        {
            var values = new Dictionary<string, StateArray>(state.Values) { [name] = value! };
            Refused(() => other.Fit(X, Y, epochs: 3, batch_size: 4, verbose: 0, state: new FitState(values)), part);
        }
    }

    [Test]
    public void Best_weights_of_another_model_are_refused()
    {
        var setting = new Setting("best", () => new Adam(0.01))
        {
            Callbacks = () => [new EarlyStopping("loss", restore_best_weights: true, patience: 9)],
        };
        FitState state = setting.Cancelled(setting.Model(), 9);
        Model other = setting.Model();
        string name = state.Values.Keys.First(k => k.EndsWith("best_weights/0", StringComparison.Ordinal));
        var values = new Dictionary<string, StateArray>(state.Values) { [name] = new StateArray(ScalarType.Float32, [2], new byte[8]) };
        double[] before = Outcome.Values(other);
        Refused(() => setting.Fit(other, new FitState(values), setting.Callbacks(), default), "the best weights that EarlyStopping kept");
        Assert.That(Outcome.Values(other), Is.EqualTo(before));
    }

    private sealed class Careless(Action<StateExchange> exchange) : Callback
    {
        protected internal override void ExchangeState(StateExchange state) => exchange(state);
    }

    [Test]
    public void What_a_callback_cannot_keep_is_refused()
    {
        using (Assert.EnterMultipleScope())
        {
            Kept(state => state.Tensors("kept", [null!]), "'callbacks/Careless_1/kept'");
            Kept(state => state.Texts("kept", ["text", null!]), "'callbacks/Careless_1/kept'");
        }

        static void Kept(Action<StateExchange> exchange, string part)
        {
            Model model = new Setting("careless", () => new Adam(0.01)).Model();
            using var source = new CancellationTokenSource();
            var cancel = new LambdaCallback(on_train_batch_end: (_, _) => source.Cancel());
            Refused(() => model.Fit(X, Y, verbose: 0, callbacks: [new Careless(exchange), cancel], cancellationToken: source.Token), part);
        }
    }

    [Test]
    public void Interrupting_and_going_on_leaves_no_tensors_behind()
    {
        var setting = new Setting("adam", () => new Adam(0.01))
        {
            ValidationSplit = 0.3,
            Callbacks = () => [new EarlyStopping("val_loss", restore_best_weights: true, patience: 9)],
        };
        Model model = setting.Model();
        Assert.That(LiveTensors.LeftBy(() => setting.Fit(model, setting.Cancelled(model, 6), setting.Callbacks(), default)), Is.Zero);
    }
}
