using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using NumSharp;
using static Distillation.Keras.Engine.Tests.Training.LinearProblem;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Training;

/// <summary>No public operation leaves tensors behind, also where it throws.</summary>
public sealed class TrainingMemoryTests
{
    private static Sequential Full()
    {
        var model = new Sequential(
            new Input(2),
            new Dense(8, activation: "relu", kernel_regularizer: "l2", kernel_constraint: "max_norm"),
            new BatchNormalization(),
            new Dropout(0.2),
            new Dense(3, activation: "softmax")
        );
        model.Compile("adam", loss: "sparse_categorical_crossentropy", metrics: ["accuracy"], weighted_metrics: ["accuracy"]);
        return model;
    }

    private static readonly int[] Labels = [0, 1, 2, 0, 1, 2, 0, 1, 2, 0];

    private static void NoGrowth(Action operation) => Assert.That(LiveTensors.LeftBy(operation), Is.Zero);

    private static IEnumerable<TestCaseData> Kinds()
    {
        static TestCaseData Case(string name, Func<Sequential> make) => new TestCaseData(make).SetArgDisplayNames(name);
        static Sequential Made(Layer[] layers, Optimizer? optimizer = null, MetricList? metrics = null, MetricList? weighted = null)
        {
            var model = new Sequential([new Input(2), .. layers, new Dense(3, activation: "softmax")]);
            model.Compile(optimizer ?? "sgd", loss: "sparse_categorical_crossentropy", metrics: metrics, weighted_metrics: weighted);
            return model;
        }

        yield return Case("plain", () => Made([]));
        yield return Case("activation", () => Made([new Dense(4, activation: "relu")]));
        yield return Case("regularizer", () => Made([new Dense(4, kernel_regularizer: "l2")]));
        yield return Case("constraint", () => Made([new Dense(4, kernel_constraint: "max_norm")]));
        yield return Case("normalization", () => Made([new BatchNormalization()]));
        yield return Case("dropout", () => Made([new Dropout(0.2)]));
        yield return Case("metric", () => Made([], metrics: ["accuracy"]));
        yield return Case("weighted metric", () => Made([], weighted: ["accuracy"]));
        foreach (string optimizer in new[] { "adam", "adamw", "adamax", "nadam", "adadelta", "adagrad", "rmsprop", "lion", "Lamb" })
        {
            yield return Case(optimizer, () => Made([], optimizer));
        }

        yield return Case("clipping", () => Made([], new SGD(0.01, global_clipnorm: 0.1)));
        yield return Case("average", () => Made([], new SGD(0.01, use_ema: true, ema_overwrite_frequency: 3)));
        yield return Case("accumulation", () => Made([], new SGD(0.01, gradient_accumulation_steps: 2)));
        yield return Case("everything", Full);
    }

    [TestCaseSource(nameof(Kinds))]
    public void Two_hundred_steps_leave_nothing_behind_neither_in_the_fits_own_scope(Func<Sequential> make)
    {
        Model model = make();
        var counter = new Counter();
        model.Fit(X, Labels, batch_size: 2, epochs: 40, verbose: 0, callbacks: [counter]);
        long[] counts = [.. counter.Counts.Skip(6)];
        Assert.That(counts, Has.Length.GreaterThan(150));
        Assert.That(counts.Max(), Is.EqualTo(counts.Min()));
    }

    [Test]
    public void Fits_leave_nothing_behind()
    {
        Model model = Full();
        NDArray x = np.array(X);
        var weights = new Dictionary<int, double> { [1] = 2 };
        NoGrowth(() => model.Fit(x, Labels, batch_size: 4, epochs: 2, verbose: 0, validation_split: 0.3, class_weight: weights));
        NoGrowth(() => model.Fit(X, Labels, batch_size: 4, verbose: 0, validation_data: (X, Labels), sample_weight: new float[10]));
    }

    [Test]
    public void Evaluations_and_predictions_leave_nothing_behind()
    {
        Model model = Full();
        NoGrowth(() => model.Evaluate(X, Labels, batch_size: 3));
        NoGrowth(() => model.Predict(X, batch_size: 3).Dispose());
        NoGrowth(() => model.PredictOutputs(X.Cast<float>().Select(v => new[] { v, v }).ToArray())[0].Dispose());
    }

    [Test]
    public void Single_steps_leave_nothing_behind()
    {
        Model model = Full();
        NoGrowth(() => model.TrainOnBatch(X, Labels, class_weight: new Dictionary<int, double> { [0] = 2 }));
        NoGrowth(() => model.TestOnBatch(X, Labels, sample_weight: new float[10]));
    }

    [Test]
    public void Targets_that_alternate_between_two_forms_leave_nothing_behind()
    {
        Model model = Full();
        int[,] column = new int[10, 1];
        NoGrowth(() =>
        {
            model.Evaluate(X, Labels);
            model.Evaluate(X, column);
        });
    }

    [Test]
    public void Refusals_leave_nothing_behind()
    {
        Model model = Full();
        float[,] bad = Make((_, _) => float.NaN, 10, 2);
        void Throws(Action call) => NoGrowth(() => Assert.Catch(call));
        Throws(() => model.Fit(bad, Labels, verbose: 0));
        Throws(() => model.Fit(X, new int[9], verbose: 0));
        Throws(() => model.Fit(X, new[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 }, verbose: 0));
        Throws(() => model.Fit(X, new float[10, 3], verbose: 0));
        Throws(() => model.Fit(X, Labels, verbose: 0, validation_data: (X, new int[3])));
        Throws(() => model.Fit(X, Labels, verbose: 0, validation_split: 1.5));
        Throws(() => model.Fit(X, Labels, verbose: 0, callbacks: [new Failing()]));
        Throws(() => model.Evaluate(bad, Labels));
        Throws(() => model.Predict(new float[10, 3]));
        Throws(() => model.TrainOnBatch(X, new float[10, 3]));
        Throws(() => model.TestOnBatch(bad, Labels));
    }

    [Test]
    public void A_program_that_cannot_be_made_leaves_nothing_behind()
    {
        Model model = Full();
        model.Compile(
            "adam",
            loss: "mse",
            metrics: ["mae", "mse"],
            weighted_metrics: new Dictionary<string, string> { ["nowhere"] = "mae" }
        );
        NoGrowth(() => Assert.Catch(() => model.Evaluate(X, new float[10, 3])));
        model.Compile("adam", loss: "categorical_crossentropy", metrics: ["mae"]);
        NoGrowth(() => Assert.Catch(() => model.Evaluate(X, Labels)));
    }

    [Test]
    public void A_model_that_is_released_takes_everything_with_it()
    {
        NoGrowth(() =>
        {
            var model = new Sequential(new Input(2), new Dense(4), new BatchNormalization(), new Dense(1));
            model.Compile("adam", loss: "mse");
            model.Fit(X, Y, verbose: 0, validation_split: 0.2);
            model.Predict(X).Dispose();
            model.Release();
        });
    }

    [Test]
    public void Setting_weights_rates_and_metrics_leaves_nothing_behind()
    {
        Model model = Model();
        model.Fit(X, Y, verbose: 0);
        var metric = new Keras.Metrics.Mean();
        using Tensor kernel = zeros(2, 1);
        IReadOnlyList<NDArray> weights = model.GetWeights();
        NoGrowth(() =>
        {
            model.Weights[0].Assign(kernel);
            model.SetWeights(weights);
            _ = model.Optimizer.Variables.Count;
            model.Optimizer.LearningRate = 0.5;
            metric.ResetState();
        });
    }

    [Test]
    public void The_callers_tensors_stay_alive()
    {
        using Tensor x = rand(10, 2);
        using Tensor y = rand(10, 1);
        Model model = Model();
        model.Fit(x, y, verbose: 0, validation_data: (x, y));
        model.Evaluate(x, y);
        model.TrainOnBatch(x, y);
        model.Predict(x).Dispose();
        Assert.That(x.IsInvalid || y.IsInvalid, Is.False);
    }

    private sealed class Counter : Callback
    {
        public List<long> Counts { get; } = [];

        // The order of an epoch is drawn with its first batch.
        public override void OnTrainBatchBegin(int batch, Logs logs)
        {
            if (batch > 0)
            {
                Counts.Add(LiveTensors.Count);
            }
        }
    }

    private sealed class Failing : Callback
    {
        public override void OnTrainBatchEnd(int batch, Logs logs) => throw new TimeoutException();
    }
}
