using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using Distillation.Keras.State;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Training;

/// <content>How fits are made, interrupted and compared.</content>
public sealed partial class FitStateTests
{
    private static void Refused(Action fit, string because) =>
        Assert.That(() => fit(), Throws.ArgumentException.With.Message.Contains(because));

    private static float[,] Numbers(int rows, int columns, int seed)
    {
        var random = new Random(seed);
        float[,] numbers = new float[rows, columns];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i / columns, i % columns] = random.NextSingle() - 0.5f;
        }

        return numbers;
    }

    private static float[,] Classes(int rows, int classes)
    {
        float[,] y = new float[rows, classes];
        for (int i = 0; i < rows; i++)
        {
            y[i, i * 7 % classes] = 1;
        }

        return y;
    }

    /// <summary>How a fit is made.</summary>
    public sealed record Setting(string Name, Func<Optimizer> Optimizer)
    {
        public bool Shuffle { get; init; } = true;

        public int? StepsPerEpoch { get; init; }

        public int StepsPerExecution { get; init; } = 1;

        public double ValidationSplit { get; init; }

        public bool HasWeights { get; init; }

        public Func<MetricList?> Metrics { get; init; } = () => null;

        public Func<Callback[]> Callbacks { get; init; } = () => [];

        public Func<Dropout> Dropout { get; init; } = () => new Dropout(0.3);

        public Model Model()
        {
            Utils.SetRandomSeed(5);
            var model = new Sequential(new Input(5), new Dense(6, "relu"), new BatchNormalization(), Dropout(), new Dense(3, "softmax"));
            model.Compile(Optimizer(), "categorical_crossentropy", metrics: Metrics(), steps_per_execution: StepsPerExecution);
            return model;
        }

        public History Fit(Model model, FitState? state, Callback[] callbacks, CancellationToken token) =>
            model.Fit(
                X,
                Y,
                epochs: Epochs,
                batch_size: 4,
                verbose: 0,
                shuffle: Shuffle,
                steps_per_epoch: StepsPerEpoch,
                validation_split: ValidationSplit,
                callbacks: callbacks,
                state: state,
                sample_weight: HasWeights ? (ArrayLike)Enumerable.Range(0, 22).Select(i => 0.5f + i).ToArray() : null,
                cancellationToken: token
            );

        /// <summary>The state after some steps.</summary>
        public FitState Cancelled(Model model, int steps)
        {
            using var source = new CancellationTokenSource();
            return Assert
                .Throws<FitCanceledException>(() => Fit(model, null, [.. Callbacks(), new CancelAfter(steps, [], source)], source.Token))!
                .State;
        }

        /// <summary>
        /// A whole fit, cancelled after some numbers of steps, and begun anew each time with other callbacks of the same kinds.
        /// </summary>
        public Outcome Run(int[] interruptions, int[]? validations = null)
        {
            Model model = Model();
            var queue = new Queue<int>(interruptions);
            FitState? state = null;
            var counter = new CancelAfter(0, validations ?? [], null!);
            while (true)
            {
                using var source = new CancellationTokenSource();
                int next = queue.TryDequeue(out int steps) ? steps : int.MaxValue;
                counter = counter.With(next, source);
                try
                {
                    return Outcome.Of(model, Fit(model, state, [.. Callbacks(), counter], source.Token), counter.Steps);
                }
                catch (FitCanceledException e)
                {
                    // Nothing but the state is left of it.
                    state = e.State;
                    model = Model();
                }
            }
        }

        public override string ToString() => Name;
    }

    /// <summary>What a fit leads to.</summary>
    public sealed record Outcome(string Weights, string Slots, string History, int Steps)
    {
        public static Outcome Of(Model model, History history, int steps) =>
            new(
                Text(Values(model)),
                Text(model.Optimizer.Variables.SelectMany(Values)),
                string.Join(";", history.Epochs) + string.Concat(history.Names.Select(n => $"{n}: {Text(history[n])}")),
                steps
            );

        public static double[] Values(Model model) => [.. model.Weights.SelectMany(Values)];

        private static double[] Values(Variable variable)
        {
            using Tensor copy = variable.Value.detach().to(ScalarType.Float64);
            return [.. copy.data<double>()];
        }

        private static string Text(IEnumerable<double> values) =>
            string.Join(' ', values.Select(v => v.ToString("R", System.Globalization.CultureInfo.InvariantCulture)));
    }

    /// <summary>Cancels after a number of steps of all fits together, or in some of the validations.</summary>
    private sealed class CancelAfter(int steps, int[] validations, CancellationTokenSource source) : Callback
    {
        private readonly HashSet<int> _validations = [.. validations];
        private int _validation;

        public int Steps { get; private set; }

        public CancelAfter With(int next, CancellationTokenSource own) =>
            new(next, [.. _validations], own) { Steps = Steps, _validation = _validation };

        public override void OnTrainBatchEnd(int batch, Logs logs)
        {
            if (++Steps >= steps)
            {
                source.Cancel();
            }
        }

        public override void OnTestBatchBegin(int batch, Logs logs)
        {
            if (batch == 0 && _validations.Remove(++_validation))
            {
                source.Cancel();
            }
        }
    }

    /// <summary>Makes the rate smaller by what it has counted itself.</summary>
    private sealed class Decay : Callback
    {
        private int _seen;

        public override void OnTrainBatchEnd(int batch, Logs logs) => Optimizer.LearningRate = 0.01 / ++_seen;

        protected internal override void ExchangeState(StateExchange state) => _seen = (int)state.Integer("seen", _seen);
    }
}
