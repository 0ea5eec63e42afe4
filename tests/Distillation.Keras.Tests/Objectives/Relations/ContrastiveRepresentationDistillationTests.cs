using Distillation.Keras.Objectives;
using Distillation.Keras.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Objectives;

/// <summary>
/// Contrastive representation distillation: its formulas on small arrays, what it draws, what it keeps. (The fixtures' cases are in the
/// conformance suite.)
/// </summary>
public class ContrastiveRepresentationDistillationTests
{
    private static readonly long[] Classes = [0, 1, 2, 0, 1, -1, 2, 2, 0, 1];

    [TestCase(3, TestName = "Values_are_the_papers_where_drawn_rows_are_copied")]
    [TestCase(60, TestName = "Values_are_the_papers_where_all_products_are_taken")]
    public void Values_are_the_papers(int negatives)
    {
        using DisposeScope scope = NewDisposeScope();
        const int Samples = 5;
        const double Tau = 0.2;
        Tensor e = Vectors.Unit(randn([2, 3], ScalarType.Float64)).requires_grad_();
        Tensor memory = randn([Samples, 3], ScalarType.Float64);
        Tensor indices = randint(Samples, [2, negatives + 1]);

        Tensor scores = NoiseContrast.Scores(e, memory, indices, Tau);
        Tensor logZ = NoiseContrast.LogNormalizer(scores, Samples);
        Tensor rows = NoiseContrast.Rows(scores, logZ, Samples, 1e-7);
        rows.sum().backward();

        double X(int row, int column)
        {
            double product = 0;
            for (int d = 0; d < 3; d++)
            {
                product += e[row, d].item<double>() * memory[indices[row, column].item<long>(), d].item<double>();
            }

            return Math.Exp(product / Tau);
        }

        double z = Samples * Enumerable.Range(0, 2).SelectMany(r => Enumerable.Range(0, negatives + 1).Select(c => X(r, c))).Average();
        double noise = negatives / (double)Samples;
        for (int row = 0; row < 2; row++)
        {
            double expected = -Math.Log(X(row, 0) / z / ((X(row, 0) / z) + noise + 1e-7));
            for (int j = 1; j <= negatives; j++)
            {
                expected -= Math.Log(noise / ((X(row, j) / z) + noise + 1e-7));
            }

            Assert.That(rows[row].item<double>(), Is.EqualTo(expected).Within(1e-9 * expected));
        }

        Assert.That(Math.Exp(logZ.item<double>()), Is.EqualTo(z).Within(1e-9 * z));
        Assert.That(Descent.Largest(e.grad), Is.GreaterThan(0));
    }

    [Test]
    public void The_memories_may_change_before_the_gradient_is_taken([Values(3, 60)] int negatives)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor e = Vectors.Unit(randn(2, 3)).requires_grad_();
        Tensor memory = randn(5, 3);
        Tensor indices = randint(5, [2, negatives + 1]);
        Tensor Gradient(bool changes)
        {
            e.grad = null;
            Tensor loss = NoiseContrast.Scores(e, memory, indices, 0.5).sum();
            if (changes)
            {
                NoiseContrast.Update(memory, tensor(new long[] { 0, 1 }), e, 0.5);
            }

            loss.backward();
            return e.grad!.clone();
        }

        Tensor before = memory.clone();
        Tensor expected = Gradient(changes: false);
        Near.Assert("gradient", Gradient(changes: true), expected, 1e-6);
        Assert.That(before.equal(memory).all().item<bool>(), Is.False);
    }

    [Test]
    public void Negatives_of_other_classes_are_all_labelled_samples_of_other_classes()
    {
        using DisposeScope scope = NewDisposeScope();
        var binding = new ObjectiveBinding(new ObjectiveShapes(3, false, [], Classes.Length), "float32");
        NegativeSampler sampler = NegativeSampler.OfClasses(tensor(Classes), binding);
        Tensor anchors = arange(Classes.Length);

        long[] drawn = [.. sampler.Draw(anchors, 500, null).flatten().data<long>()];

        for (int i = 0; i < Classes.Length; i++)
        {
            long[] expected =
            [
                .. Enumerable.Range(0, Classes.Length).Where(j => Classes[j] >= 0 && Classes[j] != Classes[i]).Select(j => (long)j),
            ];
            Assert.That(drawn[(i * 500)..((i + 1) * 500)].Distinct().Order(), Is.EqualTo(expected), $"anchor {i}");
        }

        binding.Release();
    }

    [Test]
    public void Negatives_of_other_samples_are_all_but_the_anchor_each_as_likely()
    {
        using DisposeScope scope = NewDisposeScope();
        const int Draws = 20000;

        long[] drawn = [.. NegativeSampler.OfSamples(5).Draw(tensor(new long[] { 2 }), Draws, null).flatten().data<long>()];

        // Each has a quarter; the bound is ten standard deviations.
        int[] counts = [.. Enumerable.Range(0, 5).Select(i => drawn.Count(d => d == i))];
        Assert.That(counts[2], Is.Zero);
        Assert.That(counts.Where((_, i) => i != 2), Has.All.EqualTo(Draws / 4).Within(10 * Math.Sqrt(Draws * 3.0 / 16)));
    }

    [Test]
    public void Labels_of_one_class_alone_have_no_negatives()
    {
        using DisposeScope scope = NewDisposeScope();
        ObjectiveTerm term = ObjectiveRun.Bind(New(ContrastiveNegatives.OtherClasses), Signals(), samples: Classes.Length);

        Assert.That(
            () =>
                term.Prepare([
                    new ObjectiveSignals
                    {
                        TeacherFeatures = [rand(2, 5)],
                        Labels = tensor(new long[] { 1, 1 }),
                        SampleIndices = tensor(new long[] { 0, 1 }),
                    },
                ]),
            Throws.ArgumentException.With.Message.Contains("ContrastiveNegatives.OtherSamples")
        );
        term.Release();
    }

    [Test]
    public void Without_Prepare_the_classes_are_not_known_and_it_says_so()
    {
        using DisposeScope scope = NewDisposeScope();
        ObjectiveTerm term = ObjectiveRun.Bind(New(ContrastiveNegatives.OtherClasses), Signals(), samples: Classes.Length);

        Assert.That(() => term.Compute(Signals(), 0, 1), Throws.InvalidOperationException.With.Message.Contains("Prepare"));
        term.Release();
    }

    [Test]
    public void Training_decreases_the_loss([Values] ContrastiveNegatives negatives)
    {
        using DisposeScope scope = NewDisposeScope();
        Utils.SetRandomSeed(3);
        manual_seed(3);
        Tensor student = rand(Classes.Length, 4).requires_grad_();
        ObjectiveSignals signals = Signals(student);
        ObjectiveTerm term = Prepared(negatives, signals);

        double[] losses = Descent.Losses(term, signals, 60, 0.05, student);

        Assert.That(losses[^10..].Average(), Is.LessThan(0.8 * losses[..5].Average()));
        term.Release();
    }

    [Test]
    public void Gradients_reach_the_student_and_both_embeddings_but_not_the_teacher()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor student = rand(Classes.Length, 4).requires_grad_();
        ObjectiveSignals signals = Signals(student, rand(Classes.Length, 5).requires_grad_());
        ObjectiveTerm term = Prepared(ContrastiveNegatives.OtherClasses, signals);

        Descent.AssertGradientsReachAll(term, signals, student);
        Assert.That(term.Variables.Where(v => v.Trainable).Select(v => v.Name), Is.EqualTo(new[] { "kernel", "bias", "kernel", "bias" }));
        term.Release();
    }

    [Test]
    public void Only_training_changes_memories_and_normalisers_and_the_first_batch_fixes_the_latter()
    {
        using DisposeScope scope = NewDisposeScope();
        ObjectiveSignals training = Signals();
        ObjectiveTerm term = Prepared(ContrastiveNegatives.OtherSamples, training);
        Variable[] kept = [.. term.Variables.Where(v => !v.Trainable)];
        Tensor[] start = Values(kept);

        term.Compute(Signals(training: false), 0, 1);
        Tensor[] evaluated = Values(kept);
        term.Compute(Signals(rows: 3), 0, 1);
        Tensor[] once = Values(kept);
        term.Compute(Signals(), 0, 1);
        Tensor[] twice = Values(kept);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(kept.Select(v => v.Name), Is.EqualTo(new[] { "student_memory", "teacher_memory", "log_normalizers" }));
            for (int i = 0; i < kept.Length; i++)
            {
                Assert.That(evaluated[i].equal(start[i]).all().item<bool>(), Is.True, kept[i].Name);
                Assert.That(once[i].equal(evaluated[i]).all().item<bool>(), Is.False, kept[i].Name);
                Assert.That(twice[i].equal(once[i]).all().item<bool>(), Is.EqualTo(i == 2), kept[i].Name);
            }

            // Rows of samples that were not there stay; the others have length 1.
            Assert.That(once[0][3..].equal(start[0][3..]).all().item<bool>(), Is.True);
            Near.Assert("lengths", once[0][..3].square().sum(1), ones(3), 1e-6);
        }

        term.Release();
    }

    [Test]
    public void The_same_seed_gives_the_same_values()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor student = rand(Classes.Length, 4);
        Tensor teacher = rand(Classes.Length, 5);
        double[] Run()
        {
            Utils.SetRandomSeed(11);
            using var generator = new Generator(7);
            ObjectiveSignals signals = Signals(student, teacher, generator: generator);
            ObjectiveTerm term = Prepared(ContrastiveNegatives.OtherClasses, signals);
            double[] losses = Descent.Losses(term, signals, 3, 0.05);
            term.Release();
            return losses;
        }

        double[] first = Run();
        Assert.That(Run(), Is.EqualTo(first));
    }

    [TestCase(0)]
    [TestCase(1e3)]
    [TestCase(-1e3)]
    public void Features_of_any_size_have_finite_values_and_gradients(double size)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor student = (rand(Classes.Length, 4) * size).detach().requires_grad_();
        ObjectiveSignals signals = Signals(student, rand(Classes.Length, 5) * size);
        ObjectiveTerm term = ObjectiveRun.Bind(New(ContrastiveNegatives.OtherSamples, tau: 0.005), signals, samples: Classes.Length);

        Tensor loss = ObjectiveRun.Value(term, signals);
        loss.backward();

        Assert.That(double.IsFinite(loss.item<float>()), Is.True);
        Assert.That(student.grad!.isfinite().all().item<bool>(), Is.True);
        Assert.That(term.Variables.Where(v => v.Trainable).All(v => v.Value.grad!.isfinite().all().item<bool>()), Is.True);
        term.Release();
    }

    [Test]
    public void Maps_are_averaged_over_height_and_width()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor map = rand(Classes.Length, 2, 3, 4);
        ContrastiveRepresentationDistillation objective = New(ContrastiveNegatives.OtherSamples);
        double Of(Tensor feature)
        {
            Utils.SetRandomSeed(2);
            using var generator = new Generator(7);
            ObjectiveSignals signals = Signals(feature, ones(Classes.Length, 5), generator: generator);
            ObjectiveTerm term = ObjectiveRun.Bind(objective, signals, samples: Classes.Length);
            double value = ObjectiveRun.Value(term, signals).item<float>();
            term.Release();
            return value;
        }

        Assert.That(Of(map), Is.EqualTo(Of(map.mean([1, 2]))).Within(1e-5).Percent);
    }

    [Test]
    public void Nothing_stays_after_the_fit([Values] ContrastiveNegatives negatives)
    {
        using DisposeScope scope = NewDisposeScope();
        ObjectiveSignals signals = Signals(rand(Classes.Length, 4).requires_grad_());
        long all = LiveTensors.LeftBy(() =>
        {
            ObjectiveTerm term = Prepared(negatives, signals);
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
    public void Arguments_out_of_range_are_refused()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => new ContrastiveRepresentationDistillation("t", "s", embeddingSize: 0),
                Throws.TypeOf<ArgumentOutOfRangeException>()
            );
            Assert.That(
                () => new ContrastiveRepresentationDistillation("t", "s", negativesPerAnchor: 0),
                Throws.TypeOf<ArgumentOutOfRangeException>()
            );
            Assert.That(() => new ContrastiveRepresentationDistillation("t", "s", tau: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(
                () => new ContrastiveRepresentationDistillation("t", "s", momentum: 1.1),
                Throws.TypeOf<ArgumentOutOfRangeException>()
            );
            Assert.That(
                () => new ContrastiveRepresentationDistillation("t", "s", studentNormalizer: 0),
                Throws.TypeOf<ArgumentOutOfRangeException>()
            );
            Assert.That(
                () => new ContrastiveRepresentationDistillation("t", "s", teacherNormalizer: double.NaN),
                Throws.TypeOf<ArgumentOutOfRangeException>()
            );
            Assert.That(
                () => new ContrastiveRepresentationDistillation("t", "s", epsilon: -1),
                Throws.TypeOf<ArgumentOutOfRangeException>()
            );
            Assert.That(
                () => new ContrastiveRepresentationDistillation("t", "s", negatives: (ContrastiveNegatives)9),
                Throws.TypeOf<ArgumentOutOfRangeException>()
            );
        }
    }

    [Test]
    public void Every_problem_is_named()
    {
        var objective = new ContrastiveRepresentationDistillation("fc_t", "lstm");
        var features = new FeatureShapes(objective.Features[0], new Shape((int?[])[null, null]), new Shape((int?[])[null, 5, 4]));

        string[] problems = [.. objective.Problems(new ObjectiveShapes(3, true, [features], 1))];

        Assert.That(problems, Has.Length.EqualTo(4));
        Assert.That(
            string.Join(' ', problems),
            Does.Contain("at least 2").And.Contain("OtherSamples").And.Contain("'fc_t'").And.Contain("'lstm' has the shape (None, 5, 4)")
        );
    }

    private static ContrastiveRepresentationDistillation New(ContrastiveNegatives negatives, double tau = 0.3) =>
        new("t", "s", embeddingSize: 6, negativesPerAnchor: 8, tau: tau, negatives: negatives);

    private static ObjectiveTerm Prepared(ContrastiveNegatives negatives, ObjectiveSignals signals)
    {
        ObjectiveTerm term = ObjectiveRun.Bind(New(negatives), signals, classes: 3, samples: Classes.Length);
        term.Prepare([signals]);
        return term;
    }

    private static ObjectiveSignals Signals(
        Tensor? student = null,
        Tensor? teacher = null,
        bool training = true,
        int? rows = null,
        Generator? generator = null
    )
    {
        int n = rows ?? Classes.Length;
        return new()
        {
            StudentFeatures = [student ?? rand(n, 4)],
            TeacherFeatures = [teacher ?? rand(n, 5)],
            Labels = tensor(Classes[..n]),
            SampleIndices = arange(n),
            Training = training,
            Generator = generator,
        };
    }

    private static Tensor[] Values(Variable[] variables) => Array.ConvertAll(variables, v => v.Value.clone());
}
