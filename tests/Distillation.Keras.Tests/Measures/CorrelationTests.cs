using Distillation.Keras.Measures;

namespace Distillation.Keras.Tests.Measures;

/// <summary>Pearson's correlation against sums in double.</summary>
public class CorrelationTests
{
    private static readonly double[,] Teacher =
    {
        { 1, 10 },
        { 2, 30 },
        { 4, 20 },
        { 7, 60 },
    };
    private static readonly double[,] Student =
    {
        { 2, -1 },
        { 3, -2 },
        { 9, -4 },
        { 12, -3 },
    };

    [Test]
    public void Each_column_has_its_own_and_their_mean_is_the_models()
    {
        Correlation correlation = Correlation.FromOutputs(Teacher, Student);

        // Columns less their means: (-2.5 -1.5 0.5 3.5)(-4.5 -3.5 2.5 5.5) and (-20 0 -10 30)(1.5 0.5 -1.5 -0.5).
        double first = (11.25 + 5.25 + 1.25 + 19.25) / Math.Sqrt(21 * 69);
        double second = (-30 + 0 + 15 - 15) / Math.Sqrt(1400 * 5);
        Assert.That(correlation.ByOutput, Is.EqualTo((double[])[first, second]).Within(1e-12));
        Assert.That(correlation.Pearson, Is.EqualTo((first + second) / 2).Within(1e-12));
        Assert.That(correlation.Samples, Is.EqualTo(4));
        Assert.That(correlation.ToString(), Does.Contain("4 samples"));
    }

    [Test]
    public void A_factor_and_an_offset_do_not_matter_not_even_far_from_zero()
    {
        double[] v = [.. Enumerable.Range(0, 100).Select(i => 1e9 + Math.Sin(i))];

        Assert.That(Correlation.FromOutputs(v, v.Select(x => (3 * x) + 5).ToArray()).Pearson, Is.EqualTo(1).Within(1e-6));
        Assert.That(Correlation.FromOutputs(v, v.Select(x => -x).ToArray()).Pearson, Is.EqualTo(-1).Within(1e-6));
    }

    // The mean of such numbers is rounded (0.1 + 0.1 + 0.1 is not 3 times 0.1), which must not count as a deviation.
    [TestCase(3)]
    [TestCase(30)]
    [TestCase(1001)]
    public void A_constant_student_follows_nothing_and_a_constant_teacher_cannot_be_followed(int samples)
    {
        double[] varied = [.. Enumerable.Range(0, samples).Select(i => (double)(i * i))];
        double[] constant = [.. Enumerable.Repeat(0.1, samples)];
        double[,] both = new double[samples, 2];
        double[,] student = new double[samples, 2];
        for (int i = 0; i < samples; i++)
        {
            (both[i, 0], both[i, 1]) = (varied[i], 0.1);
            (student[i, 0], student[i, 1]) = (2 * varied[i], varied[i]);
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Correlation.FromOutputs(varied, constant).Pearson, Is.Zero);
            Assert.That(Correlation.FromOutputs(constant, varied).Pearson, Is.NaN);
            Assert.That(
                Correlation.FromOutputs(both, student).Pearson,
                Is.EqualTo(1).Within(1e-12),
                "a constant column of the teacher is left out"
            );
        }
    }

    [Test]
    public void What_cannot_be_compared_is_refused()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => Correlation.FromOutputs(Teacher, new double[3, 2]), Throws.ArgumentException.With.Message.Contains("(3, 2)"));
            Assert.That(
                () => Correlation.FromOutputs(Array.Empty<double>(), Array.Empty<double>()),
                Throws.ArgumentException.With.Message.Contains("empty")
            );
            Assert.That(
                () => Correlation.FromOutputs(new double[] { 1, double.NaN }, new double[] { 1, 2 }),
                Throws.ArgumentException.With.Message.Contains("NaN")
            );
            Assert.That(
                () => Correlation.FromOutputs(new double[2, 2, 2], new double[2, 2, 2]),
                Throws.ArgumentException.With.Message.Contains("one row a sample")
            );
        }
    }
}
