using Distillation.Keras.Measures;
using NumSharp;

namespace Distillation.Keras.Tests.Measures;

/// <summary>The share of the gap between baseline and teacher.</summary>
public class GapClosedTests
{
    [TestCase(0.5, 0.75, 1, ExpectedResult = 0.5)]
    [TestCase(4, 1, 2, ExpectedResult = 1.5)]
    [TestCase(1, 0.5, 2, ExpectedResult = -0.5)]
    [TestCase(1, 2, 1, ExpectedResult = double.NaN)]
    [TestCase(1, 1, 1, ExpectedResult = double.NaN)]
    public double Share_of_one_measure(double baseline, double distilled, double teacher) => GapClosed.Share(baseline, distilled, teacher);

    [Test]
    public void Shares_of_several_measures_are_element_by_element()
    {
        using NDArray baseline = np.array(
            new float[,]
            {
                { 0.5f, 4 },
                { 1, 1 },
            }
        );
        using NDArray shares = GapClosed.Shares(
            baseline,
            new double[,]
            {
                { 0.75, 1 },
                { 0.5, 2 },
            },
            new double[,]
            {
                { 1, 2 },
                { 2, 1 },
            }
        );

        Assert.That(shares.shape, Is.EqualTo([2L, 2L]));
        Assert.That(shares.ToArray<double>(), Is.EqualTo([0.5, 1.5, -0.5, double.NaN]));
    }

    [Test]
    public void Bad_input_is_refused_with_what_is_wrong()
    {
        double[] good = [1, 2];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => GapClosed.Share(double.NaN, 1, 2),
                Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("baseline")
            );
            Assert.That(
                () => GapClosed.Share(0, 1, double.PositiveInfinity),
                Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("teacher")
            );
            Assert.That(() => GapClosed.Shares(good, good, new[] { 1.0 }), Throws.ArgumentException.With.Message.Contains("(2,) and (1,)"));
            Assert.That(
                () => GapClosed.Shares(good, new[] { 1, double.NaN }, good),
                Throws.ArgumentException.With.Message.Contains("distilled")
            );
        }
    }
}
