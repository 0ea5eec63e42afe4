using Distillation.Keras.Objectives;
using Distillation.Keras.Schedules;
using Distillation.Keras.Tests.Objectives;
using Distillation.Keras.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Schedules;

/// <summary>Values that depend on the samples, and temperatures that are learnt.</summary>
public class TensorScheduleTests
{
    private static readonly float[,] TeacherLogits =
    {
        { 0, 0, 0 },
        { 60, -60, 0 },
        { 1, 2, 3 },
        { -1, 4, 0.5f },
    };

    [TestCase(TeacherUncertainty.Confidence)]
    [TestCase(TeacherUncertainty.Entropy)]
    public void A_sample_has_the_value_of_its_teachers_uncertainty(TeacherUncertainty by)
    {
        using DisposeScope scope = NewDisposeScope();

        Tensor values = Bind(new PerSampleSchedule(by, 2, 5)).Value(tensor(TeacherLogits), float64, 0, 1);

        double[,] expected = new double[4, 1];
        for (int i = 0; i < 4; i++)
        {
            double[] p = Softmax(i);
            double u = by == TeacherUncertainty.Confidence ? p.Max() : -p.Where(v => v > 0).Sum(v => v * Math.Log(v)) / Math.Log(3);
            expected[i, 0] = 2 + (3 * u);
        }

        Near.Assert("values", values, tensor(expected), 1e-6);
        Assert.That(values.dtype, Is.EqualTo(float64));
    }

    [Test]
    public void A_temperature_by_sample_softens_each_row_by_its_own()
    {
        using DisposeScope scope = NewDisposeScope();
        var signals = new ObjectiveSignals
        {
            StudentLogits = tensor(
                new float[,]
                {
                    { 1, 0, -1 },
                    { 0, 1, 2 },
                    { 2, 2, -1 },
                    { 0, 0, 1 },
                }
            ),
            TeacherLogits = tensor(TeacherLogits),
        };
        var schedule = new PerSampleSchedule(TeacherUncertainty.Entropy, 1, 4);

        Tensor rows = ObjectiveRun.Bind(new SoftTargets(schedule), signals).Compute(signals, 0, 1);

        double[] each = [.. Bind(schedule).Value(signals.TeacherLogits, float64, 0, 1).data<double>()];
        for (int i = 0; i < 4; i++)
        {
            Tensor one = SoftTargets.CrossEntropy(signals.StudentLogits.narrow(0, i, 1), signals.TeacherLogits.narrow(0, i, 1), each[i]);
            Assert.That(rows[i].item<float>(), Is.EqualTo(one.item<float>()).Within(1e-4).Percent);
        }
    }

    [Test]
    public void No_gradient_flows_through_a_per_sample_value_and_it_has_no_value_in_time()
    {
        using DisposeScope scope = NewDisposeScope();
        var schedule = new PerSampleSchedule(TeacherUncertainty.Entropy, 1, 4);

        Assert.That(Bind(schedule).Value(tensor(TeacherLogits), float32, 0, 1).requires_grad, Is.False);
        Assert.That(() => schedule.ValueAt(0, 1), Throws.TypeOf<NotSupportedException>());
        Assert.That(() => new PerSampleSchedule((TeacherUncertainty)5, 1, 4), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new PerSampleSchedule(TeacherUncertainty.Entropy, double.NaN, 4), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_weight_by_sample_can_be_warmed_up()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor v = tensor(TeacherLogits);
        var inner = new PerSampleSchedule(TeacherUncertainty.Confidence, 0, 1);
        BoundSchedule warm = Bind(new WarmUpSchedule(4, inner));

        Near.Assert("quarter", warm.Value(v, float64, 1, 10), Bind(inner).Value(v, float64, 1, 10) * 0.25, 1e-12);
        Near.Assert("whole", warm.Value(v, float64, 7, 10), Bind(inner).Value(v, float64, 7, 10), 1e-12);
        Assert.That(warm.IsTensor, Is.True);
        Assert.That(Bind(new WarmUpSchedule(4, 2)).IsTensor, Is.False);
    }

    [Test]
    public void A_learnt_temperature_begins_where_the_authors_begins()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor t = Bind(new LearntTemperature()).Value(null, float64, 0, 10);

        Assert.That(t.dim(), Is.Zero);
        Assert.That(t.item<double>(), Is.EqualTo(1 + (20 / (1 + Math.Exp(-1)))).Within(1e-6));
    }

    [TestCase(0, 0)]
    [TestCase(2.5, 0.14644660940672624)]
    [TestCase(5, 0.5)]
    [TestCase(10, 1)]
    [TestCase(50, 1)]
    public void The_gradient_of_theta_is_that_of_the_loss_reversed_and_grows(double epoch, double lambda)
    {
        using DisposeScope scope = NewDisposeScope();
        BoundSchedule learnt = new LearntTemperature(2, 3, 0.4, 0.8).Bind("float64", Device.Cpu, isMultiLabel: false);

        learnt.Value(null, float64, epoch, 100).square().backward();

        double sigmoid = 1 / (1 + Math.Exp(-0.4));
        double t = 2 + (3 * sigmoid);
        Assert.That(
            learnt.Learnt!.Value.grad!.item<double>(),
            Is.EqualTo(-0.8 * lambda * 2 * t * 3 * sigmoid * (1 - sigmoid)).Within(1e-12)
        );
    }

    [Test]
    public void It_goes_up_the_loss_that_the_student_goes_down_and_stays_within_its_range()
    {
        using DisposeScope scope = NewDisposeScope();
        ObjectiveSignals signals = Logits();
        ObjectiveTerm term = ObjectiveRun.Bind(new SoftTargets(new LearntTemperature(), SoftTargetForm.KullbackLeibler), signals);
        Variable theta = term.Variables.Single();
        Assert.That(theta.Trainable, Is.True);
        double before = Loss();

        Loss(backward: true);
        using (no_grad())
        {
            theta.Assign(theta.Value - (0.1 * theta.Value.grad!.sign()));
        }

        double thetaMoved = Loss();
        using (no_grad())
        {
            signals.StudentLogits.sub_(signals.StudentLogits.grad! * 0.1);
        }

        double studentMoved = Loss();
        Assert.That(thetaMoved, Is.GreaterThan(before));
        Assert.That(studentMoved, Is.LessThan(thetaMoved));

        foreach (float extreme in (float[])[-1e4f, 1e4f])
        {
            theta.Assign(tensor(extreme));
            double t = T();
            Assert.That(t, Is.InRange(1, 21));
            Assert.That(double.IsFinite(Loss()), Is.True);
        }

        term.Release();

        double Loss(bool backward = false)
        {
            Tensor loss = term.Compute(signals, 10, 20).mean();
            if (backward)
            {
                loss.backward();
            }

            return loss.item<float>();
        }

        double T() => 1 + (20 * theta.Value.sigmoid().item<float>());
    }

    [Test]
    public void It_has_no_value_in_time_and_each_objective_learns_its_own()
    {
        using DisposeScope scope = NewDisposeScope();
        var learnt = new LearntTemperature();
        ObjectiveSignals signals = Logits();
        ObjectiveTerm one = ObjectiveRun.Bind(new SoftTargets(learnt), signals);
        ObjectiveTerm other = ObjectiveRun.Bind(new SoftTargets(learnt), signals);

        Assert.That(one.Variables.Single(), Is.Not.SameAs(other.Variables.Single()));
        Assert.That(() => learnt.ValueAt(0, 1), Throws.TypeOf<NotSupportedException>());
        one.Release();
        other.Release();
    }

    [Test]
    public void A_step_leaves_nothing_in_memory()
    {
        using DisposeScope scope = NewDisposeScope();
        ObjectiveSignals signals = Logits();
        foreach (Schedule schedule in (Schedule[])[new LearntTemperature(), new PerSampleSchedule(TeacherUncertainty.Entropy, 1, 4)])
        {
            BoundSchedule bound = Bind(schedule);
            Assert.That(
                LiveTensors.LeftBy(() => bound.Value(signals.TeacherLogits, float32, 3, 10).Dispose()),
                Is.Zero,
                schedule.GetType().Name
            );
        }
    }

    private static ObjectiveSignals Logits() =>
        new()
        {
            StudentLogits = tensor(
                    new float[,]
                    {
                        { 1, 0, -1 },
                        { 0, 1, 2 },
                        { 2, 2, -1 },
                        { 0, 0, 1 },
                    }
                )
                .requires_grad_(),
            TeacherLogits = tensor(TeacherLogits),
        };

    private static BoundSchedule Bind(Schedule schedule) => schedule.Bind("float32", Device.Cpu, isMultiLabel: false);

    private static double[] Softmax(int row)
    {
        double[] e = [.. Enumerable.Range(0, 3).Select(c => Math.Exp(TeacherLogits[row, c]))];
        return [.. e.Select(v => v / e.Sum())];
    }
}
