using Distillation.Keras.Objectives;
using Distillation.Keras.Schedules;

namespace Distillation.Keras.Tests.Schedules;

/// <summary>Values that depend on time alone: at the start, in the middle, at the end and beyond.</summary>
public class ScheduleTests
{
    [TestCase(0, ExpectedResult = 4)]
    [TestCase(2.5, ExpectedResult = 3.25)]
    [TestCase(5, ExpectedResult = 2.5)]
    [TestCase(10, ExpectedResult = 1)]
    [TestCase(12, ExpectedResult = 1)]
    public double Linear_over_the_whole_fit_of_10_epochs(double epoch) => new LinearSchedule(4, 1).ValueAt(epoch, 10);

    [TestCase(0, ExpectedResult = 1)]
    [TestCase(1.99, ExpectedResult = 1)]
    [TestCase(2, ExpectedResult = 1)]
    [TestCase(3, ExpectedResult = 2)]
    [TestCase(4, ExpectedResult = 3)]
    [TestCase(6, ExpectedResult = 5)]
    [TestCase(9, ExpectedResult = 5)]
    public double Linear_over_4_epochs_from_epoch_2(double epoch) => new LinearSchedule(1, 5, 4, 2).ValueAt(epoch, 100);

    [TestCase(6, 0)]
    [TestCase(8, 0.5)]
    [TestCase(10, 1)]
    public void A_later_begin_changes_over_what_is_left_of_the_fit(double epoch, double expected)
    {
        Assert.That(new LinearSchedule(0, 1, start: 6).ValueAt(epoch, 10), Is.EqualTo(expected));
        Assert.That(new CosineSchedule(0, 1, start: 6).ValueAt(epoch, 10), Is.EqualTo(expected).Within(1e-15));
    }

    [Test]
    public void What_begins_after_the_fit_never_changes()
    {
        Assert.That(new LinearSchedule(2, 1, start: 20).ValueAt(9.9, 10), Is.EqualTo(2));
        Assert.That(new LinearSchedule(2, 1, start: 10).ValueAt(10, 10), Is.EqualTo(1));
    }

    [TestCase(0, 0)]
    [TestCase(2, 0.14644660940672624)]
    [TestCase(4, 0.5)]
    [TestCase(6, 0.8535533905932737)]
    [TestCase(8, 1)]
    [TestCase(9, 1)]
    public void Cosine_is_slow_at_both_ends(double epoch, double share)
    {
        Assert.That(new CosineSchedule(0, 1).ValueAt(epoch, 8), Is.EqualTo(share).Within(1e-15));
        Assert.That(new CosineSchedule(5, 3, 8).ValueAt(epoch, 1000), Is.EqualTo(5 - (2 * share)).Within(1e-15));
    }

    [TestCase(0, ExpectedResult = 8)]
    [TestCase(2.9, ExpectedResult = 8)]
    [TestCase(3, ExpectedResult = 4)]
    [TestCase(6.5, ExpectedResult = 2)]
    [TestCase(30, ExpectedResult = 0.0078125)]
    public double Steps_halve_every_3_epochs(double epoch) => new StepSchedule(8, 0.5, 3).ValueAt(epoch, 5);

    [TestCase(0, ExpectedResult = 8)]
    [TestCase(9.9, ExpectedResult = 8)]
    [TestCase(10, ExpectedResult = 4)]
    [TestCase(20, ExpectedResult = 1)]
    [TestCase(99, ExpectedResult = 1)]
    public double Pieces_jump_at_their_boundaries(double epoch) => new PiecewiseSchedule([10, 20], [8, 4, 1]).ValueAt(epoch, 30);

    [TestCase(0, 0)]
    [TestCase(1, 0.25)]
    [TestCase(4, 1)]
    [TestCase(6, 1)]
    public void Warming_up_multiplies_by_the_share_of_the_epochs(double epoch, double share)
    {
        Assert.That(new WarmUpSchedule(4).ValueAt(epoch, 10), Is.EqualTo(share));
        Assert.That(new WarmUpSchedule(4, 3).ValueAt(epoch, 10), Is.EqualTo(3 * share));
        Assert.That(new WarmUpSchedule(4, new LinearSchedule(10, 0)).ValueAt(epoch, 10), Is.EqualTo((10 - epoch) * share).Within(1e-15));
    }

    [Test]
    public void Properties_are_what_was_given_and_the_text_says_it()
    {
        var linear = new LinearSchedule(4, 1.5, 3, 2);
        var warm = new WarmUpSchedule(2, new CosineSchedule(1, 0));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((linear.Initial, linear.Final, linear.Epochs, linear.Start), Is.EqualTo((4.0, 1.5, (double?)3, 2.0)));
            Assert.That(linear.ToString(), Is.EqualTo("linear from 4 to 1.5 from epoch 2 to 5"));
            Assert.That(new LinearSchedule(1, 2, start: 3).ToString(), Is.EqualTo("linear from 1 to 2 from epoch 3 to the end"));
            Assert.That(warm.ToString(), Is.EqualTo("from 0 over 2 epochs, then cosine from 1 to 0 over the whole fit"));
            Assert.That(new StepSchedule(1, 0.5, 3).ToString(), Is.EqualTo("1, times 0.5 every 3 epochs"));
            Assert.That(new PiecewiseSchedule([1.5], [2, 1]).ToString(), Is.EqualTo("[2, 1] with jumps at epochs [1.5]"));
            Assert.That(new LearntTemperature().ToString(), Is.EqualTo("learnt between 1 and 21"));
            Assert.That(
                new PerSampleSchedule(TeacherUncertainty.Entropy, 2, 1).ToString(),
                Is.EqualTo("per sample, from 2 to 1 by the teacher's entropy")
            );
        }
    }

    [Test]
    public void Numbers_out_of_range_are_refused()
    {
        using (Assert.EnterMultipleScope())
        {
            Refused(() => new LinearSchedule(double.NaN, 1), "initial");
            Refused(() => new LinearSchedule(1, double.PositiveInfinity), "final");
            Refused(() => new LinearSchedule(1, 2, 0), "epochs");
            Refused(() => new CosineSchedule(1, 2, -3), "epochs");
            Refused(() => new CosineSchedule(1, 2, start: -1), "start");
            Refused(() => new StepSchedule(1, 0, 1), "factor");
            Refused(() => new StepSchedule(1, 0.5, 0), "every");
            Refused(() => new WarmUpSchedule(0), "epochs");
            Refused(() => new WarmUpSchedule(1, -1), "after");
            Refused(() => new LearntTemperature(least: 0), "least");
            Refused(() => new LearntTemperature(range: double.NaN), "range");
            Refused(() => new LearntTemperature(growth: -1), "growth");
            Refused(() => new PiecewiseSchedule([0], [1, 2]), "boundaries");
            Assert.That(() => new PiecewiseSchedule([], [1]), Throws.ArgumentException.With.Message.Contains("one or more"));
            Assert.That(() => new PiecewiseSchedule([2, 2], [1, 2, 3]), Throws.ArgumentException.With.Message.Contains("[2, 2]"));
            Assert.That(() => new PiecewiseSchedule([2], [1]), Throws.ArgumentException.With.Message.Contains("2 values, but there are 1"));
        }
    }

    [Test]
    public void A_temperature_that_is_known_to_reach_0_is_refused()
    {
        Schedule[] bad =
        [
            0,
            new LinearSchedule(0, 4),
            new LinearSchedule(4, -1),
            new CosineSchedule(4, 0),
            new StepSchedule(-1, 2, 1),
            new PiecewiseSchedule([1], [4, 0]),
            new WarmUpSchedule(2, 4),
            new PerSampleSchedule(TeacherUncertainty.Entropy, 0, 4),
        ];
        Schedule[] good =
        [
            1,
            new LinearSchedule(4, 1),
            new CosineSchedule(1, 4),
            new StepSchedule(8, 0.5, 1),
            new PiecewiseSchedule([1], [4, 1]),
            new LearntTemperature(),
            new PerSampleSchedule(TeacherUncertainty.Entropy, 1, 4),
        ];
        using (Assert.EnterMultipleScope())
        {
            foreach (Schedule schedule in bad)
            {
                Assert.That(() => new SoftTargets(schedule), Throws.TypeOf<ArgumentOutOfRangeException>(), schedule.ToString());
            }

            foreach (Schedule schedule in good)
            {
                Assert.That(new SoftTargets(schedule).Temperature, Is.SameAs(schedule));
            }
        }
    }

    [Test]
    public void A_weight_that_is_known_to_be_negative_and_a_learnt_temperature_are_refused_as_weights()
    {
        Schedule[] good =
        [
            0,
            new LinearSchedule(1, 0),
            new WarmUpSchedule(3),
            new PerSampleSchedule(TeacherUncertainty.Confidence, 0, 1),
            new StepSchedule(1, 2, 1),
        ];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => LossWeight.Check(new LearntTemperature(), "weight"),
                Throws.ArgumentException.With.Message.Contains("learnt temperature is no weight")
            );
            Assert.That(
                () => new WarmUpSchedule(3, new LearntTemperature()),
                Throws.ArgumentException.With.Message.Contains("learnt temperature is no weight")
            );
            Assert.That(() => LossWeight.Check(new LinearSchedule(1, -0.1), "weight"), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => LossWeight.Check((Schedule)(-1), "weight"), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(
                () => LossWeight.Check(new PerSampleSchedule(TeacherUncertainty.Confidence, 1, -1), "weight"),
                Throws.TypeOf<ArgumentOutOfRangeException>()
            );
            foreach (Schedule schedule in good)
            {
                Assert.That(LossWeight.Check(schedule, "weight"), Is.SameAs(schedule));
            }
        }
    }

    private static void Refused(Func<object> make, string parameter) =>
        Assert.That(make, Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo(parameter));
}
