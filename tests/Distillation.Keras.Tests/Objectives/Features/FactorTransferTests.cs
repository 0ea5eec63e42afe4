using Distillation.Keras.Objectives;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Objectives;

/// <summary>
/// Factor transfer: the distance of given factors, the paraphraser's training, what is trained with the student and what is not.
/// </summary>
public class FactorTransferTests
{
    [Test]
    public void The_distance_of_given_factors_is_the_papers([Values] FactorDistance distance)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor teacher = randn([3, 2, 2, 2], ScalarType.Float64);
        Tensor student = randn([3, 2, 2, 2], ScalarType.Float64);

        Tensor rows = BoundFactorTransfer.Rows(teacher, student, distance);

        for (int row = 0; row < 3; row++)
        {
            double[] t = Unit(teacher[row]);
            double[] s = Unit(student[row]);
            double expected = 0;
            for (int i = 0; i < t.Length; i++)
            {
                expected += distance == FactorDistance.L2 ? (t[i] - s[i]) * (t[i] - s[i]) : Math.Abs(t[i] - s[i]);
            }

            expected = distance switch
            {
                FactorDistance.L2 => Math.Sqrt(expected),
                FactorDistance.MeanAbsolute => expected / t.Length,
                _ => expected,
            };
            Assert.That(rows[row].item<double>(), Is.EqualTo(expected).Within(1e-12));
        }
    }

    [Test]
    public void A_network_is_three_convolutions_with_leaky_rectifiers()
    {
        using DisposeScope scope = NewDisposeScope();
        var binding = new ObjectiveBinding(new ObjectiveShapes(2, false, [], 1), "float64");
        var network = new FactorNetwork(binding, 2, [2, 1, 1], trained: true);
        Tensor x = randn([1, 3, 4, 2], ScalarType.Float64);
        double[,,] expected = Array3(x[0]);
        Variable[] weights = [.. network.Weights];
        for (int layer = 0; layer < 3; layer++)
        {
            weights[(2 * layer) + 1].Assign(randn(weights[(2 * layer) + 1].Value.shape, ScalarType.Float64));
            expected = Convolved(expected, weights[2 * layer].Value, weights[(2 * layer) + 1].Value);
        }

        double[,,] found = Array3(network.Call(x)[0]);

        Assert.That(found, Is.EqualTo(expected).Within(1e-12));
        binding.Release();
    }

    [Test]
    public void The_paraphraser_learns_to_reconstruct_and_stays_as_it_is_afterwards([Values] bool absolute)
    {
        using DisposeScope scope = NewDisposeScope();
        Utils.SetRandomSeed(1);
        ObjectiveSignals signals = Signals();
        var objective = new FactorTransfer(
            "t",
            "s",
            paraphraserEpochs: 30,
            paraphraserOptimizer: new Adam(0.01),
            absoluteReconstruction: absolute
        );
        var binding = new ObjectiveBinding(new ObjectiveShapes(2, false, [Shapes(objective, signals)], 6), "float32");
        var bound = (BoundFactorTransfer)objective.Bind(binding);

        // As in a fit: without gradients, and in a scope of the batches.
        bound.Prepare(WithoutGradients(signals));
        Tensor factors = bound.Factors(signals.TeacherFeatures[0]).clone();
        bound.Call(signals).sum().backward();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(bound.ReconstructionErrors, Has.Count.EqualTo(30));
            Assert.That(bound.ReconstructionErrors[^1], Is.LessThan(0.5 * bound.ReconstructionErrors[0]));
            Assert.That(factors.shape, Is.EqualTo(new long[] { 6, 4, 4, 3 }));
            Assert.That(factors.requires_grad, Is.False);
            Assert.That(bound.Factors(signals.TeacherFeatures[0]).equal(factors).all().item<bool>(), Is.True);

            // The translator alone is the fit's.
            Assert.That(binding.Variables, Has.Count.EqualTo(6));
        }

        binding.Release();
    }

    [Test]
    public void Gradients_reach_the_student_and_the_translator_but_not_the_teacher()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor student = rand(6, 4, 4, 5).requires_grad_();
        ObjectiveSignals signals = Signals(student, rand(6, 4, 4, 6).requires_grad_());
        ObjectiveTerm term = Prepared(new FactorTransfer("t", "s"), signals);

        Descent.AssertGradientsReachAll(term, signals, student);
        term.Release();
    }

    [Test]
    public void Training_decreases_the_loss([Values] FactorDistance distance)
    {
        using DisposeScope scope = NewDisposeScope();
        Utils.SetRandomSeed(1);
        Tensor student = rand(6, 4, 4, 5).requires_grad_();
        ObjectiveSignals signals = Signals(student);
        ObjectiveTerm term = Prepared(new FactorTransfer("t", "s", distance: distance), signals);

        double[] losses = Descent.Losses(term, signals, 60, distance == FactorDistance.MeanAbsolute ? 1 : 0.02, student);

        Assert.That(losses[^1], Is.LessThan(0.8 * losses[0]));
        term.Release();
    }

    [Test]
    public void Maps_of_other_sizes_are_averaged_to_the_smaller_one()
    {
        using DisposeScope scope = NewDisposeScope();
        ObjectiveSignals signals = Signals(rand(6, 2, 3, 5), rand(6, 4, 6, 6));
        ObjectiveTerm term = Prepared(new FactorTransfer("t", "s"), signals);

        Assert.That(term.Compute(signals, 0, 1).shape, Is.EqualTo(new long[] { 6 }));
        term.Release();
    }

    [Test]
    public void The_same_seed_gives_the_same_values()
    {
        using DisposeScope scope = NewDisposeScope();
        ObjectiveSignals signals = Signals();
        double Run()
        {
            Utils.SetRandomSeed(4);
            ObjectiveTerm term = Prepared(new FactorTransfer("t", "s"), signals);
            double value = ObjectiveRun.Value(term, signals).item<float>();
            term.Release();
            return value;
        }

        double first = Run();
        Assert.That(Run(), Is.EqualTo(first));
    }

    [TestCase(0)]
    [TestCase(1e3)]
    public void Features_of_any_size_have_finite_values_and_gradients(double size)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor student = (rand(6, 4, 4, 5) * size).detach().requires_grad_();
        ObjectiveSignals signals = Signals(student, rand(6, 4, 4, 6) * size);
        ObjectiveTerm term = Prepared(new FactorTransfer("t", "s", distance: FactorDistance.L2), signals);

        Tensor loss = ObjectiveRun.Value(term, signals);
        loss.backward();

        Assert.That(double.IsFinite(loss.item<float>()), Is.True);
        Assert.That(student.grad!.isfinite().all().item<bool>(), Is.True);
        Assert.That(term.Variables.All(v => v.Value.grad!.isfinite().all().item<bool>()), Is.True);
        term.Release();
    }

    [Test]
    public void Equal_factors_have_no_distance_and_no_gradient([Values] FactorDistance distance)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor teacher = rand(2, 2, 2, 3);
        Tensor student = teacher.clone().requires_grad_();

        Tensor rows = BoundFactorTransfer.Rows(teacher, student, distance);
        rows.sum().backward();

        Assert.That(Descent.Largest(rows), Is.Zero.Within(1e-6));
        Assert.That(Descent.Largest(student.grad), Is.Zero.Within(1e-6));
    }

    [Test]
    public void A_paraphraser_that_diverges_is_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        ObjectiveSignals signals = Signals(teacher: rand(6, 4, 4, 6) * 100);
        var objective = new FactorTransfer("t", "s", paraphraserOptimizer: new SGD(1e6), paraphraserEpochs: 20);
        ObjectiveTerm term = ObjectiveRun.Bind(objective, signals);

        Assert.That(() => term.Prepare([signals]), Throws.TypeOf<ArithmeticException>().With.Message.Contains("lower learning rate"));
        term.Release();
    }

    [Test]
    public void Without_Prepare_there_is_no_paraphraser_and_it_says_so()
    {
        using DisposeScope scope = NewDisposeScope();
        ObjectiveSignals signals = Signals();
        ObjectiveTerm term = ObjectiveRun.Bind(new FactorTransfer("t", "s"), signals);

        Assert.That(() => term.Compute(signals, 0, 1), Throws.InvalidOperationException.With.Message.Contains("Prepare"));
        term.Release();
    }

    [Test]
    public void Nothing_stays_after_the_fit()
    {
        using DisposeScope scope = NewDisposeScope();
        ObjectiveSignals signals = Signals();
        var objective = new FactorTransfer("t", "s", paraphraserOptimizer: "sgd");
        long all = LiveTensors.LeftBy(() =>
        {
            ObjectiveTerm term = ObjectiveRun.Bind(objective, signals);
            void Step()
            {
                using DisposeScope step = NewDisposeScope();
                term.Compute(signals, 0, 1);
            }

            Assert.That(LiveTensors.LeftBy(() => term.Prepare([signals])), Is.Zero);
            Assert.That(LiveTensors.LeftBy(Step), Is.Zero);
            term.Release();
        });
        Assert.That(all, Is.Zero);
    }

    [Test]
    public void Arguments_out_of_range_and_other_features_are_refused()
    {
        var objective = new FactorTransfer("fc_t", "fc_s");
        var shapes = new FeatureShapes(objective.Features[0], new Shape((int?[])[null, 8]), new Shape((int?[])[null, 8]));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new FactorTransfer("t", "s", rate: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => new FactorTransfer("t", "s", paraphraserEpochs: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => new FactorTransfer("t", "s", distance: (FactorDistance)7), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(
                objective.Problems(new ObjectiveShapes(2, false, [shapes], 6)),
                Has.Exactly(1).Contains("'fc_t' has the shape (None, 8)").And.Exactly(1).Contains("'fc_s'")
            );
        }
    }

    private static ObjectiveSignals Signals(Tensor? student = null, Tensor? teacher = null) =>
        new()
        {
            StudentFeatures = [student ?? rand(6, 4, 4, 5)],
            TeacherFeatures = [teacher ?? rand(6, 4, 4, 6)],
            Training = true,
        };

    private static FeatureShapes Shapes(FactorTransfer objective, ObjectiveSignals signals) =>
        new(
            objective.Features[0],
            Shape.FromSizes(signals.TeacherFeatures[0].shape).With(0, null),
            Shape.FromSizes(signals.StudentFeatures[0].shape).With(0, null)
        );

    private static ObjectiveTerm Prepared(FactorTransfer objective, ObjectiveSignals signals)
    {
        ObjectiveTerm term = ObjectiveRun.Bind(objective, signals);
        term.Prepare(WithoutGradients(signals));
        return term;
    }

    private static IEnumerable<ObjectiveSignals> WithoutGradients(ObjectiveSignals signals)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        yield return signals;
    }

    private static double[] Unit(Tensor tensor)
    {
        double[] values = [.. tensor.flatten().data<double>()];
        double length = Math.Sqrt(values.Sum(v => v * v));
        return Array.ConvertAll(values, v => v / length);
    }

    private static double[,,] Array3(Tensor map)
    {
        double[,,] values = new double[map.shape[0], map.shape[1], map.shape[2]];
        for (int y = 0; y < values.GetLength(0); y++)
        {
            for (int x = 0; x < values.GetLength(1); x++)
            {
                for (int c = 0; c < values.GetLength(2); c++)
                {
                    values[y, x, c] = map[y, x, c].item<double>();
                }
            }
        }

        return values;
    }

    // A 3x3 convolution with zeros around the map, and a leaky rectifier of slope 0.1.
    private static double[,,] Convolved(double[,,] map, Tensor kernel, Tensor bias)
    {
        int height = map.GetLength(0);
        int width = map.GetLength(1);
        double[,,] result = new double[height, width, kernel.shape[3]];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                for (int o = 0; o < result.GetLength(2); o++)
                {
                    double sum = bias[o].item<double>();
                    for (int k = 0; k < 9 * map.GetLength(2); k++)
                    {
                        (int c, int dx, int dy) = (k % map.GetLength(2), k / map.GetLength(2) % 3, k / map.GetLength(2) / 3);
                        if (y + dy - 1 >= 0 && y + dy - 1 < height && x + dx - 1 >= 0 && x + dx - 1 < width)
                        {
                            sum += map[y + dy - 1, x + dx - 1, c] * kernel[dy, dx, c, o].item<double>();
                        }
                    }

                    result[y, x, o] = sum > 0 ? sum : 0.1 * sum;
                }
            }
        }

        return result;
    }
}
