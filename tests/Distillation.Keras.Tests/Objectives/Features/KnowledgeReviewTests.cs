using Distillation.Keras.Objectives;
using Distillation.Keras.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Objectives;

/// <summary>Knowledge review: the context loss and a fusion module against plain loops, the order of the stages, what is trained.</summary>
public class KnowledgeReviewTests
{
    [TestCase(8, 8)]
    [TestCase(4, 4)]
    [TestCase(2, 2)]
    [TestCase(1, 1)]
    [TestCase(8, 4)]
    public void The_hierarchical_context_loss_is_the_papers(int height, int width)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor student = randn([2, height, width, 3], ScalarType.Float64);
        Tensor teacher = randn([2, height, width, 3], ScalarType.Float64);

        Tensor rows = HierarchicalContext.Rows(student, teacher);

        for (int row = 0; row < 2; row++)
        {
            double expected = Squared(student[row], teacher[row], height, width);
            double weights = 1;
            double weight = 1;
            foreach (int level in (int[])[4, 2, 1])
            {
                if (level < Math.Min(height, width))
                {
                    weight /= 2;
                    weights += weight;
                    expected += weight * Squared(student[row], teacher[row], level, level);
                }
            }

            Assert.That(rows[row].item<double>(), Is.EqualTo(expected / weights).Within(1e-12));
        }
    }

    [Test]
    public void A_fusion_is_the_papers()
    {
        using DisposeScope scope = NewDisposeScope();
        var binding = new ObjectiveBinding(new ObjectiveShapes(2, false, [], 1), "float64");
        var fusion = new AttentionBasedFusion(binding, input: 3, mid: 2, output: 1, fuses: true);
        foreach (Variable variable in binding.Variables)
        {
            // Moving variances are positive.
            variable.Assign(rand(variable.Value.shape, ScalarType.Float64) + 0.5);
        }

        Dictionary<string, Tensor> w = Named(binding);
        Tensor stage = randn([1, 2, 2, 3], ScalarType.Float64);
        Tensor deeper = randn([1, 1, 1, 2], ScalarType.Float64);

        // The teacher's map is twice as large as the student's, which is twice as large as the deeper one.
        AttentionBasedFusion.Fusion found = fusion.Call(stage, deeper, 4, 4, training: false);

        double[,,] fused = new double[2, 2, 2];
        for (int y = 0; y < 2; y++)
        {
            for (int x = 0; x < 2; x++)
            {
                double[] a =
                [
                    .. Enumerable
                        .Range(0, 2)
                        .Select(c =>
                            Normalized(Enumerable.Range(0, 3).Sum(i => D(stage[0, y, x, i]) * D(w["enter"][i, c])), w, "enter", c)
                        ),
                ];
                double[] b = [.. Enumerable.Range(0, 2).Select(c => D(deeper[0, 0, 0, c]))];
                double[] both = [.. a, .. b];
                double[] attention =
                [
                    .. Enumerable
                        .Range(0, 2)
                        .Select(k =>
                            1
                            / (
                                1
                                + Math.Exp(
                                    -(D(w["attention_bias"][k]) + Enumerable.Range(0, 4).Sum(i => both[i] * D(w["attention"][i, k])))
                                )
                            )
                        ),
                ];
                for (int c = 0; c < 2; c++)
                {
                    fused[y, x, c] = (a[c] * attention[0]) + (b[c] * attention[1]);
                }
            }
        }

        for (int y = 0; y < 4; y++)
        {
            for (int x = 0; x < 4; x++)
            {
                double sum = 0;
                for (int dy = -1; dy <= 1; dy++)
                {
                    for (int dx = -1; dx <= 1; dx++)
                    {
                        if (y + dy is >= 0 and < 4 && x + dx is >= 0 and < 4)
                        {
                            sum += Enumerable
                                .Range(0, 2)
                                .Sum(c => fused[(y + dy) / 2, (x + dx) / 2, c] * D(w["leave"][dy + 1, dx + 1, c, 0]));
                        }
                    }
                }

                Assert.That(D(found.Residual[0, y, x, 1]), Is.EqualTo(fused[y / 2, x / 2, 1]).Within(1e-12));
                Assert.That(D(found.Output[0, y, x, 0]), Is.EqualTo(Normalized(sum, w, "leave", 0)).Within(1e-12));
            }
        }

        binding.Release();
    }

    [Test]
    public void The_value_is_the_sum_over_the_stages_from_the_deepest_to_the_shallowest()
    {
        using DisposeScope scope = NewDisposeScope();
        ObjectiveSignals signals = Signals(training: false);
        KnowledgeReview objective = New();
        ObjectiveTerm term = ObjectiveRun.Bind(objective, signals, dtype: "float32");

        Tensor rows = term.Compute(signals, 0, 1);

        // The modules again, with the term's weights, by hand.
        var binding = new ObjectiveBinding(new ObjectiveShapes(2, false, [], 1), "float32");
        AttentionBasedFusion[] fusions =
        [
            new(binding, 3, 5, 4, fuses: true),
            new(binding, 4, 5, 6, fuses: true),
            new(binding, 5, 5, 7, fuses: false),
        ];
        for (int i = 0; i < binding.Variables.Count; i++)
        {
            binding.Variables[i].Assign(term.Variables[i].Value);
        }

        AttentionBasedFusion.Fusion deep = fusions[2].Call(signals.StudentFeatures[2].view(2, 1, 1, 5), null, 1, 1, training: false);
        AttentionBasedFusion.Fusion middle = fusions[1].Call(signals.StudentFeatures[1], deep.Residual, 3, 3, training: false);
        AttentionBasedFusion.Fusion shallow = fusions[0].Call(signals.StudentFeatures[0], middle.Residual, 8, 8, training: false);
        Tensor expected =
            HierarchicalContext.Rows(shallow.Output, signals.TeacherFeatures[0])
            + HierarchicalContext.Rows(middle.Output, signals.TeacherFeatures[1])
            + HierarchicalContext.Rows(deep.Output, signals.TeacherFeatures[2].view(2, 1, 1, 7));
        Near.Assert("rows", rows, expected, 1e-6);
        term.Release();
        binding.Release();
    }

    [Test]
    public void The_channels_between_the_modules_are_those_of_the_students_deepest_stage_or_as_given()
    {
        using DisposeScope scope = NewDisposeScope();
        ObjectiveSignals signals = Signals();
        ObjectiveTerm free = ObjectiveRun.Bind(New(), signals);
        ObjectiveTerm given = ObjectiveRun.Bind(New(midChannels: 9), signals);

        Assert.That(free.Variables[0].Shape, Is.EqualTo(new Shape(3, 5)));
        Assert.That(given.Variables[0].Shape, Is.EqualTo(new Shape(3, 9)));
        free.Release();
        given.Release();
    }

    [Test]
    public void Training_decreases_the_loss_and_gradients_reach_every_stage_and_module()
    {
        using DisposeScope scope = NewDisposeScope();
        Utils.SetRandomSeed(1);
        manual_seed(1);
        ObjectiveSignals signals = Signals(gradients: true);
        ObjectiveTerm term = ObjectiveRun.Bind(New(), signals);
        Tensor[] student = [.. signals.StudentFeatures];
        Descent.AssertGradientsReachAll(term, signals, student);

        double[] losses = Descent.Losses(term, signals, 60, 0.1, student);

        Assert.That(losses[^1], Is.LessThan(0.5 * losses[0]));
        term.Release();
    }

    [TestCase(0)]
    [TestCase(1e3)]
    public void Features_of_any_size_have_finite_values_and_gradients(double size)
    {
        using DisposeScope scope = NewDisposeScope();
        ObjectiveSignals signals = Signals(gradients: true, size: size);
        ObjectiveTerm term = ObjectiveRun.Bind(New(), signals);

        Tensor loss = ObjectiveRun.Value(term, signals);
        loss.backward();

        Assert.That(double.IsFinite(loss.item<float>()), Is.True);
        Assert.That(
            signals
                .StudentFeatures.Select(f => f.grad!)
                .Concat(term.Variables.Where(v => v.Trainable).Select(v => v.Value.grad!))
                .All(g => g.isfinite().all().item<bool>()),
            Is.True
        );
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
            ObjectiveTerm term = ObjectiveRun.Bind(New(), signals);
            double value = ObjectiveRun.Value(term, signals).item<float>();
            term.Release();
            return value;
        }

        double first = Run();
        Assert.That(Run(), Is.EqualTo(first));
    }

    [Test]
    public void Nothing_stays_after_the_fit()
    {
        using DisposeScope scope = NewDisposeScope();
        ObjectiveSignals signals = Signals();
        KnowledgeReview objective = New();
        long all = LiveTensors.LeftBy(() =>
        {
            ObjectiveTerm term = ObjectiveRun.Bind(objective, signals);
            void Step()
            {
                using DisposeScope step = NewDisposeScope();
                term.Compute(signals, 0, 1);
            }

            Assert.That(LiveTensors.LeftBy(Step), Is.Zero);
            term.Release();
        });
        Assert.That(all, Is.Zero);
    }

    [Test]
    public void Every_problem_is_named()
    {
        KnowledgeReview objective = New();
        FeatureShapes[] shapes =
        [
            new(objective.Features[0], new Shape((int?[])[null, 4, 4, 3]), new Shape((int?[])[null, 4, 4, 5])),
            new(objective.Features[1], new Shape((int?[])[null, 8, 8, 3]), new Shape((int?[])[null, 8, 8, 5])),
            new(objective.Features[2], new Shape((int?[])[null, 8]), new Shape((int?[])[null, 4, 4, 5])),
        ];

        string[] problems = [.. objective.Problems(new ObjectiveShapes(2, false, shapes, 4))];

        Assert.That(problems, Has.Length.EqualTo(2));
        Assert.That(problems, Has.Exactly(1).Contains("from shallow to deep").And.Exactly(1).Contains("'t3' has the shape (None, 8)"));
    }

    [Test]
    public void Wrong_arguments_are_refused()
    {
        Assert.That(() => new KnowledgeReview([]), Throws.ArgumentException.With.Message.Contains("at least one stage"));
        Assert.That(() => New(midChannels: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    private static KnowledgeReview New(int? midChannels = null) =>
        new([new FeaturePair("t1", "s1"), new FeaturePair("t2", "s2"), new FeaturePair("t3", "s3")], midChannels);

    // Two stages of maps, of other sizes in both models, and the pooled feature.
    private static ObjectiveSignals Signals(bool training = true, bool gradients = false, double size = 1)
    {
        Tensor Student(params long[] shape)
        {
            Tensor feature = (rand(shape) * size).detach();
            return gradients ? feature.requires_grad_() : feature;
        }

        return new ObjectiveSignals
        {
            StudentFeatures = [Student(2, 6, 6, 3), Student(2, 3, 3, 4), Student(2, 5)],
            TeacherFeatures = [rand(2, 8, 8, 4) * size, rand(2, 3, 3, 6) * size, rand(2, 7) * size],
            Training = training,
        };
    }

    // The mean squared difference of both maps averaged to a size that divides theirs.
    private static double Squared(Tensor student, Tensor teacher, int height, int width)
    {
        (int sy, int sx) = ((int)student.shape[0] / height, (int)student.shape[1] / width);
        double sum = 0;
        for (int i = 0; i < height * width * 3; i++)
        {
            (int c, int x, int y) = (i % 3, i / 3 % width, i / 3 / width);
            double difference = Enumerable
                .Range(0, sy * sx)
                .Average(k =>
                    D(student[(y * sy) + (k / sx), (x * sx) + (k % sx), c]) - D(teacher[(y * sy) + (k / sx), (x * sx) + (k % sx), c])
                );
            sum += difference * difference;
        }

        return sum / (height * width * 3);
    }

    private static double Normalized(double value, Dictionary<string, Tensor> weights, string which, int channel) =>
        (
            (value - D(weights[which + "_mean"][channel]))
            / Math.Sqrt(D(weights[which + "_variance"][channel]) + 1e-5)
            * D(weights[which + "_gamma"][channel])
        ) + D(weights[which + "_beta"][channel]);

    private static Dictionary<string, Tensor> Named(ObjectiveBinding binding)
    {
        string[] names =
        [
            "enter",
            "enter_gamma",
            "enter_beta",
            "enter_mean",
            "enter_variance",
            "attention",
            "attention_bias",
            "leave",
            "leave_gamma",
            "leave_beta",
            "leave_mean",
            "leave_variance",
        ];
        return names.Zip(binding.Variables).ToDictionary(p => p.First, p => p.Second.Value);
    }

    private static double D(Tensor scalar) => scalar.item<double>();
}
