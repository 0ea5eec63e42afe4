using Distillation.Keras.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Objectives;

/// <content>Standardised logits.</content>
public partial class LogitObjectivesTests
{
    [Test]
    public void Standardised_logits_forget_shift_and_scale()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor v = Of(V);
        double Value(Tensor z) =>
            ObjectiveRun
                .Value(new LogitStandardization(), new ObjectiveSignals { StudentLogits = z, TeacherLogits = v }, "float64")
                .item<double>();

        Assert.That(Value((v * 7) + 3), Is.EqualTo(0).Within(1e-9));
        Assert.That(Value(Of(Z)), Is.EqualTo(Value((Of(Z) * 0.5) - 2)).Within(1e-6).And.Positive);
    }

    [Test]
    public void The_deviation_is_the_papers_and_that_of_the_code_an_option()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor row = tensor(
            new double[,]
            {
                { 1, 0 },
            }
        );

        Assert.That(new LogitStandardization().Standardize(row).data<double>().ToArray(), Is.EqualTo((double[])[1, -1]).Within(1e-6));
        Assert.That(
            new LogitStandardization(deviation: StandardDeviation.Sample).Standardize(row).data<double>().ToArray(),
            Is.EqualTo((double[])[Math.Sqrt(0.5), -Math.Sqrt(0.5)]).Within(1e-6)
        );
    }

    [TestCase(0.1f)]
    [TestCase(57.3f)]
    public void Big_equal_logits_standardise_to_zeros(float logit)
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.That(new LogitStandardization().Standardize(full([2, 7], logit)).abs().max().item<float>(), Is.Zero);
    }

    [Test]
    public void A_virtual_teacher_may_soften_the_student()
    {
        using DisposeScope scope = NewDisposeScope();
        const double A = 0.9,
            Tau = 5;
        double expected = 0;
        for (int i = 0; i < 3; i++)
        {
            double[] u = [.. Enumerable.Range(0, 4).Select(c => Math.Pow(c == Y[i] ? A : (1 - A) / 3, 1 / Tau))];
            double[] q = [.. Z[i].Select(z => Math.Exp(z / Tau))];
            expected += Enumerable.Range(0, 4).Sum(c => u[c] / u.Sum() * Math.Log(u[c] / u.Sum() / (q[c] / q.Sum()))) / 3;
        }

        var signals = new ObjectiveSignals { StudentLogits = Of(Z), Labels = tensor(Y).to(ScalarType.Int64) };
        Assert.That(
            new TeacherFreeRegularization(A, 0.3, Tau, softenStudent: true).Regularizer(signals).mean().item<double>(),
            Is.EqualTo(expected).Within(1e-12)
        );
        Assert.That(
            new TeacherFreeRegularization(A, 0.3, Tau).Regularizer(signals).mean().item<double>(),
            Is.Not.EqualTo(expected).Within(1e-3)
        );
    }

    [Test]
    public void A_row_of_equal_logits_standardises_to_zeros_with_a_finite_gradient()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor z = full([2, 4], 1.5).requires_grad_();
        Tensor value = ObjectiveRun.Value(
            new LogitStandardization(),
            new ObjectiveSignals { StudentLogits = z, TeacherLogits = Of(V).narrow(0, 0, 2).to(ScalarType.Float32) }
        );
        value.backward();

        Assert.That(new LogitStandardization().Standardize(z.detach()).abs().max().item<float>(), Is.Zero);
        Assert.That(z.grad!.isfinite().all().item<bool>());
    }

    [TestCase(0.1f)]
    [TestCase(57.3f)]
    public void Equal_logits_whose_mean_is_rounded_count_as_equal(float logit)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor v = randn(2, 7);
        Tensor z = full([2, 7], logit).requires_grad_();
        Tensor value = ObjectiveRun.Value(new LogitStandardization(), new ObjectiveSignals { StudentLogits = z, TeacherLogits = v });
        value.backward();

        double expected = ObjectiveRun
            .Value(new LogitStandardization(), new ObjectiveSignals { StudentLogits = zeros(2, 7), TeacherLogits = v })
            .item<float>();
        Assert.That(value.item<float>(), Is.EqualTo(expected).Within(1e-5));
        Assert.That(z.grad!.isfinite().all().item<bool>());
    }

    [Test]
    public void Standardisation_is_what_its_inner_objective_is()
    {
        var relations = new LogitStandardization(new DistRelations(temperature: 3));
        var smoothing = new LogitStandardization(new LabelSmoothing());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(relations.IsPerSample, Is.False);
            Assert.That(relations.Temperature, Is.SameAs(relations.Objective.Temperature));
            Assert.That(new LogitStandardization().IsPerSample, Is.True);
            Assert.That(new LogitStandardization(new DecoupledKnowledgeDistillation()).Needs.HasFlag(ObjectiveNeeds.Labels));
            Assert.That(smoothing.Needs, Is.EqualTo(ObjectiveNeeds.StudentLogits | ObjectiveNeeds.Labels));
            Assert.That(smoothing.Temperature, Is.Null);
            Assert.That(
                new LogitStandardization(new DecoupledKnowledgeDistillation()).Problems(new ObjectiveShapes(2, false, [], 9)),
                Has.One.Contains("at least 3")
            );
            Assert.That(
                () => new LogitStandardization(new AttentionTransfer("a", "b")),
                Throws.ArgumentException.With.Message.Contains("compares features")
            );
        }
    }
}
