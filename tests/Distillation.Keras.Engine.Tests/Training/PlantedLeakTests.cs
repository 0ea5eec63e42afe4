using Distillation.Keras.Callbacks;
using Distillation.Keras.Constraints;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Metrics;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Optimizers.Schedules;
using Distillation.Keras.Regularizers;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Training;

/// <summary>
/// Leaks on purpose in every part of a model, in every operation: the count sees each of them, and sees none where none is.
/// </summary>
public sealed class PlantedLeakTests
{
    private static readonly float[,] X = LinearProblem.X;
    private static readonly int[] Labels = [0, 1, 2, 0, 1, 2, 0, 1, 2, 0];

    private static readonly Dictionary<string, Action<Model>> Operations = new()
    {
        ["fit"] = model => model.Fit(X, Labels, batch_size: 4, epochs: 2, verbose: 0, validation_data: (X, Labels)),
        ["evaluate"] = model => model.Evaluate(X, Labels, batch_size: 4),
        ["predict"] = model => model.Predict(X, batch_size: 4).Dispose(),
        ["train_on_batch"] = model => model.TrainOnBatch(X, Labels),
        ["test_on_batch"] = model => model.TestOnBatch(X, Labels),
    };

    private static readonly Dictionary<string, (Func<ForgottenTensors, Model> Make, string[] Operations)> Places = new()
    {
        ["layer"] = (leak => Made(before: new Lambda(leak.ForgetOne)), ["fit", "evaluate", "predict", "train_on_batch", "test_on_batch"]),
        ["loss"] = (
            leak =>
                Made(
                    loss: new LossFunctionWrapper((y, p) => leak.ForgetOne(LossFunctions.SparseCategoricalCrossentropy(y, p)), name: "own")
                ),
            ["fit", "evaluate", "train_on_batch", "test_on_batch"]
        ),
        ["metric"] = (
            leak =>
                Made(metric: new MeanMetricWrapper((y, p) => leak.ForgetOne(MetricFunctions.SparseCategoricalAccuracy(y, p)), name: "own")),
            ["fit", "evaluate", "train_on_batch", "test_on_batch"]
        ),
        ["regularizer"] = (
            leak => Made(before: new Dense(2, kernel_regularizer: new LeakingRegularizer(leak))),
            ["fit", "evaluate", "train_on_batch", "test_on_batch"]
        ),
        ["constraint"] = (leak => Made(before: new Dense(2, kernel_constraint: new LeakingConstraint(leak))), ["fit", "train_on_batch"]),
        ["learning rate"] = (leak => Made(optimizer: new SGD(new LeakingRate(leak))), ["fit", "train_on_batch"]),
    };

    private static IEnumerable<TestCaseData> Cases() =>
        from place in Places
        from operation in place.Value.Operations
        from isPlanted in new[] { false, true }
        select new TestCaseData(place.Key, operation, isPlanted).SetArgDisplayNames(
            $"{operation}, {place.Key}, {(isPlanted ? "forgotten" : "clean")}"
        );

    [TestCaseSource(nameof(Cases))]
    public void A_tensor_that_a_part_forgets_is_counted_and_nothing_else(string place, string operation, bool isPlanted)
    {
        var leak = new ForgottenTensors(isPlanted);
        Model model = Places[place].Make(leak);
        Operations[operation](model);
        long before = leak.Count;
        long left = LiveTensors.LeftBy(() => Operations[operation](model), warmUp: false);
        Assert.That(left, Is.EqualTo(leak.Count - before));
        Assert.That(left, isPlanted ? Is.Positive : Is.Zero);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_tensor_that_a_callback_forgets_is_counted_and_nothing_else(bool isPlanted)
    {
        var leak = new ForgottenTensors(isPlanted);
        Model model = Made();
        long left = LiveTensors.LeftBy(() => model.Fit(X, Labels, batch_size: 5, verbose: 0, callbacks: [new LeakingCallback(leak)]));
        Assert.That(left, Is.EqualTo(isPlanted ? 2 : 0));
    }

    [Test]
    public void The_garbage_collector_changes_no_count()
    {
        var leak = new ForgottenTensors(true);
        leak.ForgetOne();
        long left = LiveTensors.LeftBy(() =>
        {
            leak.ForgetOne();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        });
        Assert.That(left, Is.EqualTo(1));
    }

    [Test]
    public void A_tensor_of_the_callers_that_is_disposed_is_counted_too()
    {
        Tensor mine = ones(2);
        Assert.That(LiveTensors.LeftBy(mine.Dispose, warmUp: false), Is.EqualTo(-1));
    }

    private static Sequential Made(Layer? before = null, Loss? loss = null, Metric? metric = null, Optimizer? optimizer = null)
    {
        var model = new Sequential([
            new Input(2),
            .. before is null ? Array.Empty<Layer>() : [before],
            new Dense(3, activation: "softmax"),
        ]);
        model.Compile(optimizer ?? "adam", loss ?? "sparse_categorical_crossentropy", metrics: new Metric[] { metric ?? "accuracy" });
        return model;
    }

    private sealed class LeakingRegularizer(ForgottenTensors leak) : Regularizer
    {
        public ForgottenTensors Leak => leak;

        public override Tensor Call(Tensor x)
        {
            leak.ForgetOne();
            return x.abs().sum();
        }
    }

    private sealed class LeakingConstraint(ForgottenTensors leak) : Constraint
    {
        public ForgottenTensors Leak => leak;

        public override Tensor Call(Tensor weight)
        {
            leak.ForgetOne();
            return weight.abs();
        }
    }

    private sealed class LeakingRate(ForgottenTensors leak) : LearningRateSchedule
    {
        public ForgottenTensors Leak => leak;

        public override double Call(double step)
        {
            leak.ForgetOne();
            return 0.1;
        }
    }

    private sealed class LeakingCallback(ForgottenTensors leak) : Callback
    {
        public override void OnTrainBatchEnd(int batch, Logs logs) => leak.ForgetOne();
    }
}
