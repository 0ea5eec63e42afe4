using Distillation.Keras.Objectives;
using Distillation.Keras.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Objectives;

/// <summary>
/// Relations of the samples of a batch: each row against the paper's formula, and what no fixture has (small batches, equal samples,
/// zeros).
/// </summary>
public class RelationObjectivesTests
{
    private static readonly double[][] Teacher =
    [
        [0.5, -1, 2, 0.3],
        [1.5, 0.2, -0.7, 1],
        [-2, 0.4, 0.1, 0.9],
        [0.3, 0.3, 1.2, -1.1],
        [2.2, -0.6, 0.4, 0.8],
    ];
    private static readonly double[][] Student =
    [
        [1, 0.5, -0.2, 0.4],
        [-0.3, 2, 0.7, 0.1],
        [0.6, 0.6, -1.5, 0.2],
        [-1.2, 0.1, 0.4, 3],
        [0.2, -0.9, 1.1, -0.5],
    ];

    // Two different samples with equal features.
    private static readonly double[][] Repeated = [Student[0], Student[1], Student[0], Student[3], Student[4]];

    private static IEnumerable<TestCaseData> All()
    {
        yield return Case(new SimilarityPreserving("t", "s"), RelationFormulas.SimilarityPreserving);
        yield return Case(new ProbabilisticKnowledgeTransfer("t", "s"), (s, t) => RelationFormulas.KnowledgeTransfer(s, t, true, 1e-7));
        yield return Case(
            new ProbabilisticKnowledgeTransfer("t", "s", KnowledgeTransferReduction.Mean, 1e-3),
            (s, t) => RelationFormulas.KnowledgeTransfer(s, t, false, 1e-3)
        );
        foreach (RelationalTuples tuples in Enum.GetValues<RelationalTuples>())
        {
            bool distinct = tuples == RelationalTuples.Distinct;
            yield return Case(
                new RelationalKnowledgeDistillation("t", "s", 1, 0, tuples, 0.3),
                (s, t) => RelationFormulas.Distances(s, t, distinct, 0.3)
            );
            yield return Case(
                new RelationalKnowledgeDistillation("t", "s", 0, 1, tuples, 0.3),
                (s, t) => RelationFormulas.Angles(s, t, distinct, 0.3)
            );
            yield return Case(
                new RelationalKnowledgeDistillation("t", "s", tuples: tuples),
                (s, t) =>
                    [
                        .. RelationFormulas
                            .Distances(s, t, distinct, 1)
                            .Zip(RelationFormulas.Angles(s, t, distinct, 1), (d, a) => (25 * d) + (50 * a)),
                    ]
            );
        }

        yield return Case(new CorrelationCongruence("t", "s"), (s, t) => RelationFormulas.Gaussian(s, t, 0.4, 2));
        yield return Case(new CorrelationCongruence("t", "s", gamma: 0.7, order: 1), (s, t) => RelationFormulas.Gaussian(s, t, 0.7, 1));
        yield return Case(new CorrelationCongruence("t", "s", gamma: 0.2, order: 4), (s, t) => RelationFormulas.Gaussian(s, t, 0.2, 4));
        yield return Case(new CorrelationCongruence("t", "s", CorrelationKernel.Bilinear), RelationFormulas.Bilinear);
        yield return Case(new CorrelationCongruence("t", "s", CorrelationKernel.Consecutive), RelationFormulas.Consecutive);

        static TestCaseData Case(RelationObjective objective, Func<double[][], double[][], double[]> formula) =>
            new TestCaseData(objective, formula).SetArgDisplayNames(Describe(objective));
    }

    private static IEnumerable<TestCaseData> Objectives() =>
        All().Select(c => new TestCaseData(c.Arguments[0]).SetArgDisplayNames(Describe((RelationObjective)c.Arguments[0]!)));

    [TestCaseSource(nameof(All))]
    public void Row_i_is_what_is_wrong_with_the_relations_of_sample_i(
        RelationObjective objective,
        Func<double[][], double[][], double[]> formula
    )
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (double[][] student in (double[][][])[Student, Repeated])
        {
            // Maps: how the numbers of a sample are arranged does not matter.
            Tensor rows = objective.Call(Signals(Tensor2(student).reshape(5, 2, 1, 2), Tensor2(Teacher)));

            Near.Assert("rows", rows, tensor(formula(student, Teacher)), 1e-12);
        }
    }

    [TestCaseSource(nameof(Objectives))]
    public void A_batch_of_one_sample_gives_zero_and_a_gradient_of_zero(RelationObjective objective)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor s = Tensor2([Student[0]]).requires_grad_();

        Tensor rows = objective.Call(Signals(s, Tensor2([Teacher[0]])));
        rows.sum().backward();

        Assert.That(rows.data<double>().ToArray(), Is.EqualTo([0.0]));
        Assert.That(s.grad!.data<double>().ToArray(), Is.All.EqualTo(0));
    }

    [TestCaseSource(nameof(Objectives))]
    public void Samples_that_differ_by_rounding_alone_have_gradients_of_usual_size(RelationObjective objective)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor nearly = Tensor2(Repeated).to(float32);
        nearly[2, 1] *= 1.0000001f;
        Assert.That((nearly[2, 1] - nearly[0, 1]).item<float>(), Is.Not.Zero.And.EqualTo(0).Within(1e-6f));

        AssertFinite(objective, nearly, Tensor2(Teacher).to(float32), 1e4);
    }

    [Test]
    public void Consecutive_samples_of_other_widths_are_refused_in_the_step_too()
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.That(
            () => new CorrelationCongruence("t", "s", CorrelationKernel.Consecutive).Call(Signals(ones(4, 1), ones(4, 5))),
            Throws.InvalidOperationException.With.Message.Contains("5 numbers").And.Message.Contains("Gaussian")
        );
    }

    [TestCaseSource(nameof(Objectives))]
    public void A_batch_of_two_samples_is_finite(RelationObjective objective) =>
        AssertFinite(objective, Tensor2(Student[..2]).to(float32), Tensor2(Teacher[..2]).to(float32), 1e4);

    [TestCaseSource(nameof(Objectives))]
    public void Equal_samples_have_finite_gradients_of_usual_size(RelationObjective objective)
    {
        using DisposeScope scope = NewDisposeScope();
        AssertFinite(objective, Tensor2(Repeated).to(float32), Tensor2(Teacher).to(float32), 1e4);
        AssertFinite(objective, Tensor2([.. Enumerable.Repeat(Student[0], 5)]).to(float32), Tensor2(Teacher).to(float32), 1e4);
        AssertFinite(objective, Tensor2(Student).to(float32), Tensor2([.. Enumerable.Repeat(Student[0], 5)]).to(float32), 1e4);
    }

    [TestCaseSource(nameof(Objectives))]
    public void Features_of_zeros_have_finite_gradients_of_usual_size(RelationObjective objective)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor one = Tensor2(Student).to(float32);
        one[2] = 0;
        AssertFinite(objective, one, Tensor2(Teacher).to(float32), 1e4);
        AssertFinite(objective, Tensor2(Student).to(float32), one, 1e4);
        AssertFinite(objective, zeros(5, 4), Tensor2(Teacher).to(float32), 1e4);
        AssertFinite(objective, Tensor2(Student).to(float32), zeros(5, 4), 1e4);
    }

    [TestCaseSource(nameof(Objectives))]
    public void Features_of_a_thousand_and_of_a_thousandth_are_finite(RelationObjective objective)
    {
        using DisposeScope scope = NewDisposeScope();
        AssertFinite(objective, Tensor2(Student).to(float32) * 1e3, Tensor2(Teacher).to(float32) * 1e3, double.MaxValue);
        AssertFinite(objective, Tensor2(Student).to(float32) * 1e-3, Tensor2(Teacher).to(float32) * 1e-3, 1e6);
    }

    [Test]
    public void Opposite_samples_have_no_neighbourhood_but_finite_gradients()
    {
        using DisposeScope scope = NewDisposeScope();
        AssertFinite(
            new ProbabilisticKnowledgeTransfer("t", "s"),
            tensor(
                new float[,]
                {
                    { 0, 1e3f },
                    { 0, -1e3f },
                }
            ),
            tensor(
                new float[,]
                {
                    { 0, 1e3f },
                    { 0, -1e3f },
                }
            ),
            1e8
        );
    }

    [Test]
    public void A_feature_of_zeros_has_no_direction_and_gets_no_gradient()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (
            RelationObjective objective in (RelationObjective[])
                [new ProbabilisticKnowledgeTransfer("t", "s"), new CorrelationCongruence("t", "s")]
        )
        {
            Tensor s = Tensor2([Student[0], [0, 0, 0, 0], Student[2]]).requires_grad_();
            objective.Call(Signals(s, Tensor2(Teacher[..3]))).mean().backward();

            Assert.That(s.grad![1].data<double>().ToArray(), Is.All.EqualTo(0));
            Assert.That(s.grad![0].abs().max().ToDouble(), Is.Positive);
        }
    }

    [TestCaseSource(nameof(Objectives))]
    public void The_gradient_is_that_of_the_value_and_none_goes_to_the_teacher(RelationObjective objective)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor s = Tensor2(Student).requires_grad_();
        Tensor t = Tensor2(Teacher).requires_grad_();
        objective.Call(Signals(s, t)).mean().backward();
        const double Step = 1e-6;
        double up = Shifted(Step);
        double down = Shifted(-Step);

        Assert.That(
            s.grad![1, 2].item<double>(),
            Is.EqualTo((up - down) / (2 * Step)).Within(1e-6 * Math.Max(1, s.grad!.abs().max().item<double>()))
        );
        Assert.That(t.grad is null, Is.True);

        double Shifted(double by)
        {
            Tensor moved = Tensor2(Student);
            moved[1, 2] += by;
            return objective.Call(Signals(moved, Tensor2(Teacher))).mean().item<double>();
        }
    }

    [TestCaseSource(nameof(Objectives))]
    public void A_fit_binds_it_and_nothing_stays_behind(RelationObjective objective)
    {
        using DisposeScope outer = NewDisposeScope();
        ObjectiveSignals signals = Signals(Tensor2(Student).requires_grad_(), Tensor2(Teacher));
        ObjectiveTerm term = ObjectiveRun.Bind(objective, signals, dtype: "float64");
        void Step()
        {
            using DisposeScope step = NewDisposeScope();
            Assert.That(ObjectiveRun.Value(term, signals).item<double>(), Is.GreaterThan(0));
        }

        Assert.That(LiveTensors.LeftBy(Step), Is.Zero);
        Assert.That(objective.Needs, Is.EqualTo(ObjectiveNeeds.None));
        Assert.That(objective.Features.Single().ToString(), Is.EqualTo("teacher 't' - student 's'"));
    }

    [Test]
    public void The_widths_of_teacher_and_student_may_differ()
    {
        using DisposeScope scope = NewDisposeScope();
        double[][] wide = [.. Teacher.Select(row => row.Concat(row.Select(v => (v * v) - 1)).ToArray())];
        foreach (
            TestCaseData data in All().Where(c => c.Arguments[0] is not CorrelationCongruence { Kernel: CorrelationKernel.Consecutive })
        )
        {
            var formula = (Func<double[][], double[][], double[]>)data.Arguments[1]!;

            Near.Assert(
                "rows",
                ((RelationObjective)data.Arguments[0]!).Call(Signals(Tensor2(Student), Tensor2(wide))),
                tensor(formula(Student, wide)),
                1e-12
            );
        }
    }

    [Test]
    public void Consecutive_differences_need_features_of_one_size()
    {
        string[] problems =
        [
            .. Problems(
                new CorrelationCongruence("deep", "shallow", CorrelationKernel.Consecutive),
                new Shape([null, 4, 4, 2]),
                new Shape([null, 16])
            ),
        ];

        Assert.That(problems, Has.Length.EqualTo(1));
        Assert.That(
            problems[0],
            Does.Contain("'deep'").And.Contain("(None, 4, 4, 2)").And.Contain("'shallow'").And.Contain("(None, 16)").And.Contain("Gaussian")
        );
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                Problems(
                    new CorrelationCongruence("t", "s", CorrelationKernel.Consecutive),
                    new Shape([null, 4, 4, 1]),
                    new Shape([null, 16])
                ),
                Is.Empty
            );
            Assert.That(Problems(new CorrelationCongruence("t", "s"), new Shape([null, 4, 4, 2]), new Shape([null, 16])), Is.Empty);
            Assert.That(Problems(new RelationalKnowledgeDistillation("t", "s"), new Shape([null, 7, 3]), new Shape([null, 16])), Is.Empty);
        }
    }

    [Test]
    public void Arguments_out_of_range_are_refused()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new SimilarityPreserving(null!, "s"), Throws.ArgumentNullException);
            Assert.That(() => new SimilarityPreserving("t", "s", name: string.Empty), Throws.ArgumentException);
            Assert.That(
                () => new ProbabilisticKnowledgeTransfer("t", "s", epsilon: 0),
                Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("epsilon")
            );
            Assert.That(
                () => new ProbabilisticKnowledgeTransfer("t", "s", (KnowledgeTransferReduction)7),
                Throws.TypeOf<ArgumentOutOfRangeException>()
            );
            Assert.That(() => new RelationalKnowledgeDistillation("t", "s", -1), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(
                () => new RelationalKnowledgeDistillation("t", "s", angleWeight: double.NaN),
                Throws.TypeOf<ArgumentOutOfRangeException>()
            );
            Assert.That(
                () => new RelationalKnowledgeDistillation("t", "s", 0, 0),
                Throws.ArgumentException.With.Message.Contains("positive weight")
            );
            Assert.That(() => new RelationalKnowledgeDistillation("t", "s", delta: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(
                () => new RelationalKnowledgeDistillation("t", "s", tuples: (RelationalTuples)5),
                Throws.TypeOf<ArgumentOutOfRangeException>()
            );
            Assert.That(() => new CorrelationCongruence("t", "s", gamma: -0.1), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => new CorrelationCongruence("t", "s", order: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => new CorrelationCongruence("t", "s", (CorrelationKernel)9), Throws.TypeOf<ArgumentOutOfRangeException>());
        }
    }

    private static void AssertFinite(RelationObjective objective, Tensor student, Tensor teacher, double most)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor s = student.detach().clone().requires_grad_();
        Tensor rows = objective.Call(Signals(s, teacher));
        rows.mean().backward();

        Assert.That(rows.isfinite().all().ToBoolean(), Is.True, "value");
        Assert.That(s.grad!.isfinite().all().ToBoolean(), Is.True, "gradient");
        Assert.That(s.grad!.abs().max().ToDouble(), Is.LessThanOrEqualTo(most), "size of the gradient");
    }

    private static IEnumerable<string> Problems(DistillationObjective objective, Shape teacher, Shape student) =>
        objective.Problems(new ObjectiveShapes(3, false, [new FeatureShapes(objective.Features[0], teacher, student)], 10));

    private static ObjectiveSignals Signals(Tensor student, Tensor teacher) =>
        new() { StudentFeatures = [student], TeacherFeatures = [teacher] };

    private static Tensor Tensor2(double[][] rows) => stack(rows.Select(r => tensor(r)));

    private static string Describe(RelationObjective objective) =>
        objective switch
        {
            ProbabilisticKnowledgeTransfer p => $"{p.Name} {p.Reduction}",
            RelationalKnowledgeDistillation r => $"{r.Name} {r.DistanceWeight} {r.AngleWeight} {r.Tuples}",
            CorrelationCongruence c => $"{c.Name} {c.Kernel} {c.Order}",
            _ => objective.Name,
        };
}
