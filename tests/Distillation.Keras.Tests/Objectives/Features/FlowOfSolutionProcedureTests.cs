using Distillation.Keras.Objectives;
using Distillation.Keras.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Objectives;

/// <summary>The flow of the solution procedure against plain loops.</summary>
public class FlowOfSolutionProcedureTests
{
    [Test]
    public void Values_and_gradients_are_the_papers([Values] FlowPooling pooling, [Values] ElementReduction reduction)
    {
        using DisposeScope scope = NewDisposeScope();
        ObjectiveSignals signals = Signals(ScalarType.Float64);
        var objective = new FlowOfSolutionProcedure("t1", "t2", "s1", "s2", pooling, reduction);

        Tensor rows = ObjectiveRun.Bind(objective, signals, dtype: "float64").Compute(signals, 0, 1);
        rows.sum().backward();

        for (int row = 0; row < 2; row++)
        {
            double expected = Expected(signals, row, pooling, reduction);
            Assert.That(rows[row].item<double>(), Is.EqualTo(expected).Within(1e-10 * expected));
        }

        // The gradient of one entry of either map by central differences of the loops.
        foreach (Tensor map in signals.StudentFeatures)
        {
            double gradient = map.grad![1, 0, 1, 1].item<double>();
            double At(double change)
            {
                using (no_grad())
                {
                    map[1, 0, 1, 1] += change;
                }

                return Expected(signals, 1, pooling, reduction);
            }

            double difference = (At(1e-5) - At(-2e-5)) / 2e-5;
            At(1e-5);
            Assert.That(gradient, Is.EqualTo(difference).Within(1e-6 * Math.Max(1, Math.Abs(difference))));
        }
    }

    [Test]
    public void Flows_are_added_up_with_their_weights()
    {
        using DisposeScope scope = NewDisposeScope();
        ObjectiveSignals signals = Signals(ScalarType.Float32);
        var both = new ObjectiveSignals
        {
            StudentFeatures = [.. signals.StudentFeatures, .. signals.StudentFeatures],
            TeacherFeatures = [.. signals.TeacherFeatures, .. signals.TeacherFeatures],
        };

        double one = ObjectiveRun.Value(new FlowOfSolutionProcedure("t1", "t2", "s1", "s2"), signals).item<float>();
        double two = ObjectiveRun
            .Value(
                new FlowOfSolutionProcedure([
                    new FeatureFlow("t1", "t2", "s1", "s2"),
                    new FeatureFlow("t1", "t2", "s1", "s2", weight: 0.5),
                ]),
                both
            )
            .item<float>();

        Assert.That(two, Is.EqualTo(1.5 * one).Within(1e-4).Percent);
    }

    [Test]
    public void Training_decreases_the_loss_through_an_adapter()
    {
        using DisposeScope scope = NewDisposeScope();
        Utils.SetRandomSeed(1);
        Tensor[] student = [rand(4, 4, 4, 5).requires_grad_(), rand(4, 2, 2, 5).requires_grad_()];
        var signals = new ObjectiveSignals
        {
            StudentFeatures = student,
            TeacherFeatures = [rand(4, 4, 4, 3), rand(4, 2, 2, 4)],
            Training = true,
        };
        ObjectiveTerm term = ObjectiveRun.Bind(
            new FlowOfSolutionProcedure("t1", "t2", "s1", "s2", adapter: FeatureAdapter.Projection),
            signals
        );
        Descent.AssertGradientsReachAll(term, signals, student);

        double[] losses = Descent.Losses(term, signals, 60, 0.02, student);

        Assert.That(losses[^1], Is.LessThan(0.5 * losses[0]));
        term.Release();
    }

    [TestCase(0)]
    [TestCase(1e3)]
    public void Features_of_any_size_have_finite_values_and_gradients(double size)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor student = (rand(2, 4, 4, 3) * size).detach().requires_grad_();
        var signals = new ObjectiveSignals
        {
            StudentFeatures = [student, student],
            TeacherFeatures = [rand(2, 4, 4, 3) * size, rand(2, 2, 2, 3) * size],
        };

        Tensor loss = ObjectiveRun.Value(new FlowOfSolutionProcedure("t1", "t2", "s1", "s2"), signals);
        loss.backward();

        Assert.That(double.IsFinite(loss.item<float>()), Is.True);
        Assert.That(student.grad!.isfinite().all().item<bool>(), Is.True);
    }

    [Test]
    public void Nothing_stays_after_a_step()
    {
        using DisposeScope scope = NewDisposeScope();
        ObjectiveSignals signals = Signals(ScalarType.Float32);
        ObjectiveTerm term = ObjectiveRun.Bind(new FlowOfSolutionProcedure("t1", "t2", "s1", "s2"), signals);
        void Step()
        {
            using DisposeScope step = NewDisposeScope();
            term.Compute(signals, 0, 1);
        }

        Assert.That(LiveTensors.LeftBy(Step), Is.Zero);
        term.Release();
    }

    [Test]
    public void Every_problem_is_named()
    {
        var objective = new FlowOfSolutionProcedure("t1", "fc", "s1", "s2");
        FeatureShapes[] shapes =
        [
            new(objective.Features[0], new Shape((int?[])[null, 4, 4, 3]), new Shape((int?[])[null, 4, 4, 5])),
            new(objective.Features[1], new Shape((int?[])[null, 8]), new Shape((int?[])[null, 4, 4, 5])),
        ];

        string[] problems = [.. objective.Problems(new ObjectiveShapes(2, false, shapes, 4))];

        Assert.That(problems, Has.Length.EqualTo(2));
        Assert.That(problems, Has.Exactly(1).Contains("FeatureAdapter.Projection").And.Exactly(1).Contains("'fc' has the shape (None, 8)"));
    }

    [Test]
    public void Wrong_arguments_are_refused()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new FlowOfSolutionProcedure([]), Throws.ArgumentException.With.Message.Contains("at least one flow"));
            Assert.That(() => new FeatureFlow("a", "b", "c", "d", weight: -1), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(
                () => new FlowOfSolutionProcedure("a", "b", "c", "d", (FlowPooling)5),
                Throws.TypeOf<ArgumentOutOfRangeException>()
            );
            Assert.That(
                () => new FlowOfSolutionProcedure("a", "b", "c", "d", reduction: (ElementReduction)5),
                Throws.TypeOf<ArgumentOutOfRangeException>()
            );
        }
    }

    // The teacher's second map is half as large as its first; of the student the first one is.
    private static ObjectiveSignals Signals(ScalarType type) =>
        new()
        {
            TeacherFeatures = [randn([2, 4, 6, 3], type), randn([2, 2, 3, 2], type)],
            StudentFeatures = [randn([2, 2, 2, 3], type).requires_grad_(), randn([2, 4, 4, 2], type).requires_grad_()],
        };

    private static double Expected(ObjectiveSignals signals, int row, FlowPooling pooling, ElementReduction reduction)
    {
        double[,] teacher = Matrix(signals.TeacherFeatures[0][row], signals.TeacherFeatures[1][row], pooling);
        double[,] student = Matrix(signals.StudentFeatures[0][row], signals.StudentFeatures[1][row], pooling);
        double sum = teacher.Cast<double>().Zip(student.Cast<double>(), (t, s) => (t - s) * (t - s)).Sum();
        return reduction switch
        {
            ElementReduction.Sum => sum,
            ElementReduction.HalfSum => sum / 2,
            _ => sum / teacher.Length,
        };
    }

    private static double[,] Matrix(Tensor first, Tensor last, FlowPooling pooling)
    {
        long height = Math.Min(first.shape[0], last.shape[0]);
        long width = Math.Min(first.shape[1], last.shape[1]);
        double[,] result = new double[first.shape[2], last.shape[2]];
        for (int i = 0; i < result.GetLength(0); i++)
        {
            for (int j = 0; j < result.GetLength(1); j++)
            {
                for (int y = 0; y < height; y++)
                {
                    for (int x = 0; x < width; x++)
                    {
                        result[i, j] +=
                            Pooled(first, y, x, i, height, width, pooling)
                            * Pooled(last, y, x, j, height, width, pooling)
                            / (height * width);
                    }
                }
            }
        }

        return result;
    }

    // Here all sizes are multiples of the smaller ones.
    private static double Pooled(Tensor map, int y, int x, int channel, long height, long width, FlowPooling pooling)
    {
        int sy = (int)(map.shape[0] / height);
        int sx = (int)(map.shape[1] / width);
        double[] window =
        [
            .. Enumerable.Range(0, sy * sx).Select(k => map[(y * sy) + (k / sx), (x * sx) + (k % sx), channel].item<double>()),
        ];
        return pooling == FlowPooling.Max ? window.Max() : window.Average();
    }
}
