using Distillation.Keras.Schedules;

namespace Distillation.Keras.Tests.Schedules;

/// <summary>A number as a schedule.</summary>
public class ConstantScheduleTests
{
    [Test]
    public void It_is_the_same_at_every_moment_and_made_of_a_number()
    {
        Schedule four = 4;
        Schedule half = 0.5;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(((ConstantSchedule)four).Value, Is.EqualTo(4));
            Assert.That(new ConstantSchedule(2.5).ValueAt(0, 10), Is.EqualTo(2.5));
            Assert.That(new ConstantSchedule(2.5).ValueAt(9.9, 10), Is.EqualTo(2.5));
            Assert.That(half.ToString(), Is.EqualTo("0.5"));
            Assert.That(() => new ConstantSchedule(double.NaN), Throws.TypeOf<ArgumentOutOfRangeException>());
        }
    }
}
