using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Metrics;
using Distillation.Keras.Notebook;
using Distillation.Keras.Objectives;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Optimizers.Schedules;
using Distillation.Keras.Schedules;
using Distillation.Keras.Tests.Objectives;
using Distillation.Keras.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Distilling;

/// <summary>Leaks on purpose in every part of a distillation: the count sees each of them, and sees none where none is.</summary>
public class PlantedLeakTests
{
    private static readonly float[,] X = Toy.X();
    private static readonly int[] Y = Toy.Labels(X);

    private static readonly Dictionary<string, Func<ForgottenTensors, Action>> Programs = new()
    {
        ["distil, layer of the student"] = leak => Fit(Distil(student: leak)),
        ["distil, layer of the teacher"] = leak => Fit(Distil(teacher: leak)),
        ["distil, objective"] = leak => Fit(Distil().With(new Leaking(leak))),
        ["distil, preparation of an objective"] = leak => Fit(Distil().With(new LeakingWhenPrepared(leak))),
        ["distil, loss"] = leak =>
            Fit(
                Distil()
                    .WithLoss(new LossFunctionWrapper((y, p) => leak.ForgetOne(LossFunctions.CategoricalCrossentropy(y, p)), name: "own"))
            ),
        ["distil, metric"] = leak =>
            Fit(
                Distil()
                    .WithMetrics(
                        new MeanMetricWrapper((y, p) => leak.ForgetOne(MetricFunctions.SparseCategoricalAccuracy(y, p)), name: "own")
                    )
            ),
        ["distil, schedule"] = leak => Fit(Distil().WithTemperature(new LeakingSchedule(leak))),
        ["distil, learning rate"] = leak => Fit(Distil().WithOptimizer(new SGD(new LeakingRate(leak)))),
        ["distil, callback"] = leak => Fit(Distil().WithCallbacks(new LeakingCallback(leak))),
        ["evaluate a result, layer of the student"] = leak => Evaluate(Distil(student: leak)),
        ["evaluate a result, layer of the teacher"] = leak => Evaluate(Distil(teacher: leak)),
        ["targets, layer of the teacher"] = leak =>
        {
            Model teacher = Net(leak);
            return () => DistillationTargets.From(teacher, X, Y);
        },
        ["the notebook's fit, layer of the student"] = leak =>
        {
            Model softened = Net(leak).WithSoftenedOutput(3);
            softened.Compile("adam", new KnowledgeDistillationLoss(3), DistillationMetrics.Notebook(3));
            DistillationTargets targets = DistillationTargets.From(Net(), X, Y);
            return () => softened.Fit(X, targets, verbose: 0, batch_size: 20);
        },
        ["predict, layer of the student"] = leak =>
        {
            Model student = Net(leak);
            return () => student.Predict(X, batch_size: 20).Dispose();
        },
        ["a step of an objective"] = leak =>
        {
            ObjectiveSignals signals = ObjectiveRun.Extreme();
            ObjectiveTerm term = ObjectiveRun.Bind(new Leaking(leak), signals);
            return () =>
            {
                using DisposeScope step = NewDisposeScope();
                ObjectiveRun.Value(term, signals).backward();
            };
        },
    };

    private static IEnumerable<TestCaseData> Cases() =>
        from program in Programs.Keys
        from isPlanted in new[] { false, true }
        select new TestCaseData(program, isPlanted).SetArgDisplayNames($"{program}, {(isPlanted ? "forgotten" : "clean")}");

    [TestCaseSource(nameof(Cases))]
    public void A_tensor_that_a_part_forgets_is_counted_and_nothing_else(string program, bool isPlanted)
    {
        var leak = new ForgottenTensors(isPlanted);
        Action run = Programs[program](leak);
        run();
        long before = leak.Count;
        long left = LiveTensors.LeftBy(run, warmUp: false);
        Assert.That(left, Is.EqualTo(leak.Count - before));
        Assert.That(left, isPlanted ? Is.Positive : Is.Zero);
    }

    private static Sequential Net(ForgottenTensors? leak = null) =>
        new(
            new Input(shape: Toy.Width),
            Toy.Dense(8, 3, "relu"),
            new Lambda(leak is null ? x => x : leak.ForgetOne),
            Toy.Dense(Toy.Classes, 4, "softmax")
        );

    private static Distiller Distil(ForgottenTensors? student = null, ForgottenTensors? teacher = null) =>
        new Distiller(Net(teacher)).WithStudent(Net(student));

    private static Action Fit(Distiller distiller) =>
        () => distiller.Fit(X, Y, batch_size: 20, epochs: 2, verbose: 0, validation_split: 0.2);

    private static Action Evaluate(Distiller distiller)
    {
        DistillationResult result = distiller.Fit(X, Y, epochs: 1, verbose: 0);
        return () => result.Evaluate(X, Y);
    }

    private class Leaking(ForgottenTensors leak) : DistillationObjective("leaking")
    {
        protected override Tensor Compute(ObjectiveSignals signals)
        {
            leak.ForgetOne();
            return signals.StudentLogits.abs().sum(1);
        }
    }

    private sealed class LeakingWhenPrepared(ForgottenTensors leak) : Leaking(new ForgottenTensors(false))
    {
        public override BoundObjective Bind(ObjectiveBinding binding) => new Bound(this, leak);

        private sealed class Bound(DistillationObjective objective, ForgottenTensors leak) : BoundObjective(objective)
        {
            public override void Prepare(IEnumerable<ObjectiveSignals> batches) => leak.ForgetOne();
        }
    }

    private sealed class LeakingSchedule(ForgottenTensors leak) : Schedule
    {
        public override double ValueAt(double epoch, double epochs)
        {
            leak.ForgetOne();
            return 2;
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
