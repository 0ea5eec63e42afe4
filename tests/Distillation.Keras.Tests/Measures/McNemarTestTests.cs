using System.Numerics;
using Distillation.Keras.Measures;
using NumSharp;

namespace Distillation.Keras.Tests.Measures;

/// <summary>McNemar's test against exact fractions and tabulated values.</summary>
public class McNemarTestTests
{
    [TestCase(0, 0)]
    [TestCase(1, 0)]
    [TestCase(0, 30)]
    [TestCase(7, 7)]
    [TestCase(14, 5)]
    [TestCase(480, 520)]
    [TestCase(1000, 1030)]
    [TestCase(3000, 3200)]
    public void The_exact_p_value_is_that_of_fractions(int b, int c)
    {
        int n = b + c;
        BigInteger term = 1;
        BigInteger sum = 0;
        for (int i = 0; i <= Math.Min(b, c); i++)
        {
            sum += term;
            term = term * (n - i) / (i + 1);
        }

        // 2 sum / 2^n, with the numbers brought to 200 bits first.
        int shift = (int)Math.Max(0, (long)sum.GetBitLength() - 200);
        double expected = Math.Min(1, (double)(sum >> shift) * Math.Pow(2, shift - n + 1));

        Assert.That(McNemarTest.FromCounts(b, c).ExactProbability, Is.EqualTo(expected).Within(1e-11).Percent);
    }

    // erfc(√(statistic / 2)), computed with 60 decimal places.
    [TestCase(18, 7, 4, 0.045500263896358417)]
    [TestCase(59, 22, 16, 6.3342483666239849e-5)]
    [TestCase(326, 115, 100, 1.5239706048321051e-23)]
    [TestCase(2776, 945, 900, 9.8134278542963744e-198)]
    public void The_p_value_by_chi_square_is_that_of_the_distribution(int b, int c, double statistic, double expected)
    {
        var test = McNemarTest.FromCounts(b, c);

        Assert.That(test.Statistic, Is.EqualTo(statistic).Within(1e-13).Percent);
        Assert.That(test.ChiSquareProbability, Is.EqualTo(expected).Within(1e-10).Percent);
    }

    [Test]
    public void Without_a_difference_nothing_speaks_against_equality()
    {
        var equal = McNemarTest.FromCounts(4, 4);
        var none = McNemarTest.FromCounts(0, 0);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(equal.Statistic, Is.Zero);
            Assert.That(equal.UnclampedStatistic, Is.EqualTo(0.125));
            Assert.That(equal.ChiSquareProbability, Is.EqualTo(1));
            Assert.That(equal.ExactProbability, Is.EqualTo(1));
            Assert.That(none.Statistic, Is.Zero);
            Assert.That(none.UnclampedStatistic, Is.Zero);
            Assert.That(none.ExactProbability, Is.EqualTo(1));
            Assert.That(McNemarTest.FromCounts(1_000_000, 0).ExactProbability, Is.Zero);
            Assert.That(none.ToString(), Does.Contain("exact 1"));
        }
    }

    [Test]
    public void Predictions_are_classes_or_rows()
    {
        using NDArray classes = np.array(new long[] { 0, 1, 2, 0 });
        float[,] rows =
        {
            { 5, 1, 1 },
            { 5, 1, 1 },
            { 0, 0, 1 },
            { 0, 1, 0 },
        };
        float[,] oneHot =
        {
            { 1, 0, 0 },
            { 0, 1, 0 },
            { 0, 0, 1 },
            { 0, 0, 1 },
        };

        foreach (
            ArrayLike labels in (ArrayLike[])
                [
                    new[] { 0, 1, 2, 2 },
                    new[,]
                    {
                        { 0 },
                        { 1 },
                        { 2 },
                        { 2 },
                    },
                    oneHot,
                ]
        )
        {
            var test = McNemarTest.FromPredictions(classes, rows, labels);
            Assert.That((test.OnlyFirstRight, test.OnlySecondRight), Is.EqualTo((1L, 0L)));
        }
    }

    [Test]
    public void Bad_input_is_refused_with_what_is_wrong()
    {
        int[] good = [0, 1];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => McNemarTest.FromPredictions(good, new[] { 0 }, good),
                Throws.ArgumentException.With.Message.Contains("(2,) and (1,)")
            );
            Assert.That(
                () => McNemarTest.FromPredictions(good, good, new[] { 0, 1, 1 }),
                Throws.ArgumentException.With.Message.Contains("labels")
            );
            Assert.That(
                () => McNemarTest.FromPredictions(good, good, new[] { -1, 1 }),
                Throws.ArgumentException.With.Message.Contains("whole numbers from 0")
            );
            Assert.That(
                () => McNemarTest.FromPredictions(new[] { 0.5, 1 }, good, good),
                Throws.ArgumentException.With.Message.Contains("firstPredictions")
            );
            Assert.That(
                () => McNemarTest.FromPredictions(new[] { double.NaN, 1 }, good, good),
                Throws.ArgumentException.With.Message.Contains("NaN")
            );
            Assert.That(
                () => McNemarTest.FromPredictions(Array.Empty<int>(), good, good),
                Throws.ArgumentException.With.Message.Contains("empty")
            );
            Assert.That(
                () => McNemarTest.FromPredictions(new int[2, 2, 2], good, good),
                Throws.ArgumentException.With.Message.Contains("(2, 2, 2)")
            );
            Assert.That(() => McNemarTest.FromCounts(-1, 3), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => McNemarTest.FromCounts(long.MaxValue, long.MaxValue), Throws.TypeOf<ArgumentOutOfRangeException>());
        }
    }
}
