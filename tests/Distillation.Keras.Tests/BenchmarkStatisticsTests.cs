using Distillation.Keras.Benchmarks;
using Distillation.Keras.Benchmarks.Measuring;

namespace Distillation.Keras.Tests;

public sealed class BenchmarkStatisticsTests
{
    [Test]
    public void The_median_of_an_odd_number_of_values_is_the_middle_one() => Assert.That(Statistics.Median([9, 1, 4]), Is.EqualTo(4));

    [Test]
    public void The_median_of_an_even_number_of_values_lies_between_the_two_in_the_middle() =>
        Assert.That(Statistics.Median([8, 1, 2, 4]), Is.EqualTo(3));

    // numpy.percentile([1, 2, 4, 8, 16], [0, 25, 60, 75, 100]) gives 1, 2, 5.6, 8, 16.
    [TestCase(0, 1)]
    [TestCase(0.25, 2)]
    [TestCase(0.6, 5.6)]
    [TestCase(0.75, 8)]
    [TestCase(1, 16)]
    public void A_quantile_between_two_values_is_taken_in_proportion(double share, double expected) =>
        Assert.That(Statistics.Quantile([16, 1, 8, 2, 4], share), Is.EqualTo(expected).Within(1e-12));

    [Test]
    public void A_quantile_of_nothing_or_of_NaN_is_refused()
    {
        Assert.That(() => Statistics.Median([]), Throws.ArgumentException);
        Assert.That(() => Statistics.Median([1, double.NaN]), Throws.ArgumentException);
        Assert.That(() => Statistics.Quantile([1], 1.5), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Ratios_are_those_of_the_neighbours_of_each_round()
    {
        var measurement = new Measurement("x", 1, [1, 6], [2, 3], new Agreement("weights", 0, 0, 1));
        Assert.That(measurement.Ratios, Is.EqualTo(new[] { 0.5, 2.0 }));
    }

    [Test]
    public void A_difference_beyond_the_limit_or_that_is_no_number_does_not_agree()
    {
        Assert.That(new Agreement("weights", 0, 0.1, 0.2).Holds, Is.True);
        Assert.That(new Agreement("weights", 0, 0.3, 0.2).Holds, Is.False);
        Assert.That(new Agreement("weights", 0, double.NaN, 0.2).Holds, Is.False);
    }

    [TestCase("--rounds 0", "--rounds takes a whole number from 1 to 100000, not '0'.")]
    [TestCase("--rounds 100001", "--rounds takes a whole number from 1 to 100000, not '100001'.")]
    [TestCase("--steps -1", "--steps takes a whole number from 1 to 100000, not '-1'.")]
    [TestCase("--steps", "--steps needs a value after it.")]
    [TestCase("--only nothing", "--only takes a benchmark, and there is no 'nothing'. Known: fit_cnn, ")]
    [TestCase("--json no/such/folder/out.json", "--json takes a file in a folder that there is, not 'no/such/folder/out.json'.")]
    [TestCase("--list --list", "--list is given twice.")]
    [TestCase("stray", "There is no option stray.")]
    public void A_wrong_command_line_ends_with_2_and_says_why(string line, string said)
    {
        var errors = new StringWriter();
        Assert.That(BenchmarkProgram.Run(line.Split(' '), TextWriter.Null, errors), Is.EqualTo(2));
        Assert.That(errors.ToString(), Does.StartWith(said));
    }
}
