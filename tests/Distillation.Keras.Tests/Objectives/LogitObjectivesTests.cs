using Distillation.Keras.Objectives;
using Distillation.Keras.Schedules;
using Distillation.Keras.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Objectives;

/// <summary>
/// Objectives on logits and labels: what the fixtures have no case for, extreme logits, arguments and rules. Expected values are computed
/// here in plain loops.
/// </summary>
[NonParallelizable]
public partial class LogitObjectivesTests
{
    private static readonly double[][] Z =
    [
        [1.5, -0.5, 0.25, 2],
        [-2, 0.5, 1, 0],
        [0.1, 0.2, -3, 1],
    ];
    private static readonly double[][] V =
    [
        [2.5, -1.5, 0, 1],
        [0.5, 3, -1, 0],
        [0, 0, 2, -1],
    ];
    private static readonly int[] Y = [3, 1, 2];

    private static IEnumerable<DistillationObjective> Classes =>
        [
            new SoftTargets(),
            new SoftTargets(form: SoftTargetForm.KullbackLeibler),
            new ReverseKullbackLeibler(),
            new ReverseKullbackLeibler(1),
            new JensenShannonDivergence(),
            new JensenShannonDivergence(1, 0.9),
            new DecoupledKnowledgeDistillation(),
            new DecoupledKnowledgeDistillation(temperature: 1),
            new DistRelations(),
            new DistRelations(temperature: 4),
            new LogitStandardization(),
            new LogitStandardization(new DecoupledKnowledgeDistillation()),
            new WeightedSoftLabels(),
            new LabelSmoothing(),
            new LabelSmoothing(spread: SmoothingSpread.OtherClasses),
            new TeacherFreeRegularization(),
            new TeacherFreeRegularization(form: TeacherFreeForm.SoftmaxOfProbabilities),
        ];

    private static IEnumerable<DistillationObjective> All =>
        [.. Classes, new LogitMatching(), new MultiLabelSoftTargets(), new MultiLabelSoftTargets(form: SoftTargetForm.KullbackLeibler)];

    [TestCaseSource(nameof(All))]
    public void Logits_of_60_give_finite_values_and_gradients(DistillationObjective objective)
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(3);
        ObjectiveSignals signals = ObjectiveRun.Extreme();
        if (objective is MultiLabelSoftTargets)
        {
            signals = new ObjectiveSignals { StudentLogits = signals.StudentLogits, TeacherLogits = signals.TeacherLogits };
        }

        Tensor value = ObjectiveRun.Value(objective, signals);
        value.backward();

        Assert.That(value.isfinite().item<bool>());
        Assert.That(signals.StudentLogits.grad!.isfinite().all().item<bool>());
    }

    [TestCaseSource(nameof(All))]
    public void The_teacher_gets_no_gradient(DistillationObjective objective)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor v = Of(V).requires_grad_();
        Tensor z = Of(Z).requires_grad_();
        var signals = new ObjectiveSignals
        {
            StudentLogits = z,
            TeacherLogits = v,
            Labels = objective is MultiLabelSoftTargets ? zeros(3, 4) : tensor(Y).to(ScalarType.Int64),
            Temperature = tensor(2.0),
        };
        objective
            .Bind(new ObjectiveBinding(new ObjectiveShapes(4, objective is MultiLabelSoftTargets, [], 3), "float64"))
            .Call(signals)
            .sum()
            .backward();

        Assert.That(v.grad, Is.Null);
        Assert.That(z.grad, Is.Not.Null);
    }

    [Test]
    public void What_is_wrong_with_signals_is_said()
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.That(
            () => new LogitMatching().Call(new ObjectiveSignals { StudentLogits = ones(5, 7), TeacherLogits = ones(5, 1) }),
            Throws.InvalidOperationException.With.Message.Contains("(5, 7)").And.Message.Contains("(5, 1)")
        );
        Assert.That(
            () => new SoftTargets().Call(new ObjectiveSignals { StudentLogits = ones(5, 7), TeacherLogits = ones(5, 7) }),
            Throws.InvalidOperationException.With.Message.Contains("set Temperature")
        );
    }

    [TestCaseSource(nameof(All))]
    public void Nothing_is_left_behind(DistillationObjective objective)
    {
        using DisposeScope scope = NewDisposeScope();
        ObjectiveSignals signals = ObjectiveRun.Extreme();
        ObjectiveTerm term = ObjectiveRun.Bind(objective, signals);
        void Run()
        {
            using DisposeScope step = NewDisposeScope();
            ObjectiveRun.Value(term, signals).backward();
        }

        Assert.That(LiveTensors.LeftBy(Run), Is.Zero);
    }

    [TestCase(1.0)]
    [TestCase(2.0)]
    public void Weighted_soft_labels_are_the_papers(double t)
    {
        using DisposeScope scope = NewDisposeScope();
        double[] rows = Rows(new WeightedSoftLabels(t), Y);

        for (int i = 0; i < 3; i++)
        {
            double ratio = LogSoftmax(Z[i], 1)[Y[i]] / LogSoftmax(V[i], 1)[Y[i]];
            double soft = -LogSoftmax(V[i], t).Zip(LogSoftmax(Z[i], t), (p, q) => Math.Exp(p) * q).Sum();
            Assert.That(rows[i], Is.EqualTo((1 - Math.Exp(-ratio)) * t * t * soft).Within(1e-6));
        }
    }

    [Test]
    public void The_weight_of_a_soft_label_has_no_gradient()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor z = Of(Z).requires_grad_();
        var signals = new ObjectiveSignals
        {
            StudentLogits = z,
            TeacherLogits = Of(V),
            Labels = Labels(Y),
        };
        ObjectiveRun.Value(new WeightedSoftLabels(2), signals, "float64").backward();

        for (int i = 0; i < 3; i++)
        {
            double weight = 1 - Math.Exp(-LogSoftmax(Z[i], 1)[Y[i]] / LogSoftmax(V[i], 1)[Y[i]]);
            for (int j = 0; j < 4; j++)
            {
                double difference = Math.Exp(LogSoftmax(Z[i], 2)[j]) - Math.Exp(LogSoftmax(V[i], 2)[j]);
                Assert.That(z.grad![i, j].item<double>(), Is.EqualTo(weight * 2 * difference / 3).Within(1e-6));
            }
        }
    }

    [Test]
    public void Decoupled_parts_make_up_the_divergence()
    {
        using DisposeScope scope = NewDisposeScope();
        double t = 1.5;
        var signals = new ObjectiveSignals
        {
            StudentLogits = Of(Z),
            TeacherLogits = Of(V),
            Labels = Labels(Y),
            Temperature = tensor(t, ScalarType.Float64),
        };
        DecoupledParts parts = DecoupledKnowledgeDistillation.Parts(signals);

        for (int i = 0; i < 3; i++)
        {
            double[] p = [.. LogSoftmax(V[i], t).Select(Math.Exp)];
            double[] q = [.. LogSoftmax(Z[i], t).Select(Math.Exp)];
            double target = (p[Y[i]] * Math.Log(p[Y[i]] / q[Y[i]])) + ((1 - p[Y[i]]) * Math.Log((1 - p[Y[i]]) / (1 - q[Y[i]])));
            double whole = p.Zip(q, (a, b) => a * Math.Log(a / b)).Sum();
            Assert.That(parts.TargetClass[i].item<double>(), Is.EqualTo(t * t * target).Within(1e-9));
            Assert.That(parts.NonTargetClass[i].item<double>(), Is.EqualTo(t * t * (whole - target) / (1 - p[Y[i]])).Within(1e-9));
        }
    }

    [Test]
    public void Class_probabilities_are_labels_too()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor soft = tensor(
            new[,]
            {
                { 0.1, 0.2, 0.3, 0.4 },
                { 0, 1, 0, 0 },
                { 0.25, 0.25, 0.5, 0 },
            }
        );
        var signals = new ObjectiveSignals
        {
            StudentLogits = Of(Z),
            TeacherLogits = Of(V),
            Labels = soft,
        };

        double smoothed = ObjectiveRun.Value(new LabelSmoothing(0.2), signals, "float64").item<double>();
        double dkd = ObjectiveRun.Value(new DecoupledKnowledgeDistillation(), signals, "float64").item<double>();

        double expected = Enumerable
            .Range(0, 3)
            .Average(i => -LogSoftmax(Z[i], 1).Select((q, j) => q * ((0.8 * soft[i, j].item<double>()) + (0.2 / 4))).Sum());
        Assert.That(smoothed, Is.EqualTo(expected).Within(1e-9));
        Assert.That(dkd, Is.EqualTo(Rows(new DecoupledKnowledgeDistillation(), Y).Average()).Within(1e-9), "the most probable class");
    }

    [TestCase(SoftTargetForm.CrossEntropy)]
    [TestCase(SoftTargetForm.KullbackLeibler)]
    public void Multi_label_targets_are_exact_where_a_sigmoid_is_nearly_one(SoftTargetForm form)
    {
        // Each in a row of its own: beside a larger value a lost tail would not show. In the last two the teacher disagrees.
        double[] z = [21, -21, 35, -0.5, 20.5, -20.5];
        double[] v = [22, -23, 34, 0.25, -3, 3];
        using DisposeScope scope = NewDisposeScope();
        Tensor student = tensor(z).unsqueeze(1).requires_grad_();
        var signals = new ObjectiveSignals { StudentLogits = student, TeacherLogits = tensor(v).unsqueeze(1) };
        Tensor rows = ObjectiveRun.Bind(new MultiLabelSoftTargets(1, form), signals, dtype: "float64").Compute(signals, 0, 1);
        rows.sum().backward();

        for (int i = 0; i < z.Length; i++)
        {
            // By symmetry the case of a positive logit of the student, where 1 - q is tiny.
            (double a, double b) = z[i] > 0 ? (v[i], z[i]) : (-v[i], -z[i]);
            double p = 1 / (1 + Math.Exp(-a));
            double other = Math.Exp(-a) / (1 + Math.Exp(-a));
            double entropy = (p * Log1p(Math.Exp(-a))) + (other * (a + Log1p(Math.Exp(-a))));
            double cross = (p * Log1p(Math.Exp(-b))) + (other * (b + Log1p(Math.Exp(-b))));
            double expected = form == SoftTargetForm.CrossEntropy ? cross : cross - entropy;
            double slope = other - (Math.Exp(-b) / (1 + Math.Exp(-b)));
            Assert.That(rows[i].item<double>(), Is.EqualTo(expected).Within(1e-14 + (1e-12 * expected)), $"row {i}");
            Assert.That(student.grad![i, 0].item<double>(), Is.EqualTo((b == z[i] ? 1 : -1) * slope).Within(1e-14), $"row {i}");
        }
    }

    [TestCase(TeacherFreeForm.Power)]
    [TestCase(TeacherFreeForm.SoftmaxOfProbabilities)]
    public void A_virtual_teacher_at_a_tiny_temperature_is_certain(TeacherFreeForm form)
    {
        using DisposeScope scope = NewDisposeScope();
        double[] rows = Rows(new TeacherFreeRegularization(alpha: 1, tau: 1e-5, form: form), Y);

        for (int i = 0; i < 3; i++)
        {
            Assert.That(rows[i], Is.EqualTo(-LogSoftmax(Z[i], 1)[Y[i]]).Within(1e-6));
        }
    }

    [Test]
    public void Each_row_may_have_its_own_temperature()
    {
        using DisposeScope scope = NewDisposeScope();
        var each = new PerSampleSchedule(TeacherUncertainty.Confidence, 1, 3);
        foreach (
            Func<Schedule, DistillationObjective> make in (Func<Schedule, DistillationObjective>[])
                [
                    t => new SoftTargets(t),
                    t => new ReverseKullbackLeibler(t),
                    t => new JensenShannonDivergence(t),
                    t => new DecoupledKnowledgeDistillation(temperature: t),
                    t => new WeightedSoftLabels(t),
                    t => new MultiLabelSoftTargets(t),
                ]
        )
        {
            double[] rows = Rows(make(each), Y);
            for (int i = 0; i < 3; i++)
            {
                double t = 1 + (2 * Math.Exp(LogSoftmax(V[i], 1).Max()));
                Assert.That(rows[i], Is.EqualTo(Rows(make(t), Y)[i]).Within(1e-9));
            }
        }
    }

    [Test]
    public void Outputs_of_classes_and_of_labels_are_told_apart()
    {
        var classes = new ObjectiveShapes(4, false, [], 10);
        var labels = new ObjectiveShapes(4, true, [], 10);
        using (Assert.EnterMultipleScope())
        {
            foreach (DistillationObjective objective in Classes)
            {
                Assert.That(objective.Problems(classes), Is.Empty, objective.Name);
                Assert.That(objective.Problems(labels), Has.One.Contains("sigmoid"), objective.Name);
            }

            Assert.That(new MultiLabelSoftTargets().Problems(classes), Has.One.Contains("softmax"));
            Assert.That(new MultiLabelSoftTargets().Problems(labels), Is.Empty);
            Assert.That(new LogitMatching().Problems(labels), Is.Empty);
            Assert.That(new DecoupledKnowledgeDistillation().Problems(classes with { NumClasses = 2 }), Has.One.Contains("at least 3"));
            Assert.That(
                new DistRelations(temperature: new PerSampleSchedule(TeacherUncertainty.Entropy, 1, 2)).Problems(classes),
                Has.One.Contains("temperature")
            );
        }
    }

    [Test]
    public void Arguments_are_checked()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new SoftTargets(0), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => new SoftTargets(form: (SoftTargetForm)7), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => new ReverseKullbackLeibler(-1), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(
                () => new JensenShannonDivergence(beta: 1),
                Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("beta")
            );
            Assert.That(() => new LogitMatching((ElementReduction)5), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(
                () => new DecoupledKnowledgeDistillation(alpha: -1),
                Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("alpha")
            );
            Assert.That(
                () => new DecoupledKnowledgeDistillation(beta: double.NaN),
                Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("beta")
            );
            Assert.That(() => new DistRelations(epsilon: 0), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("epsilon"));
            Assert.That(() => new LogitStandardization(deviation: (StandardDeviation)3), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(
                () => new LogitStandardization(new LogitStandardization(epsilon: -1)),
                Throws.TypeOf<ArgumentOutOfRangeException>()
            );
            Assert.That(() => new WeightedSoftLabels(0), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => new LabelSmoothing(1.5), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("epsilon"));
            Assert.That(
                () => new TeacherFreeRegularization(correct: 1),
                Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("correct")
            );
            Assert.That(
                () => new TeacherFreeRegularization(alpha: 2),
                Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("alpha")
            );
            Assert.That(
                () => new TeacherFreeRegularization(tau: 0),
                Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("tau")
            );
            Assert.That(() => new MultiLabelSoftTargets(double.NaN), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => new SoftTargets(name: ""), Throws.ArgumentException);
        }
    }

    private static double[] Rows(DistillationObjective objective, int[] labels)
    {
        using DisposeScope scope = NewDisposeScope();
        var signals = new ObjectiveSignals
        {
            StudentLogits = Of(Z),
            TeacherLogits = Of(V),
            Labels = Labels(labels),
        };
        return [.. ObjectiveRun.Bind(objective, signals, dtype: "float64").Compute(signals, 0, 1).data<double>()];
    }

    private static Tensor Of(double[][] rows) => stack(rows.Select(r => tensor(r)));

    private static double Log1p(double x) => x < 1e-4 ? x - (x * x / 2) : Math.Log(1 + x);

    private static Tensor Labels(int[] labels) => tensor(labels).to(ScalarType.Int64);

    private static double[] LogSoftmax(double[] z, double t)
    {
        double log = Math.Log(z.Sum(v => Math.Exp(v / t)));
        return [.. z.Select(v => (v / t) - log)];
    }
}
