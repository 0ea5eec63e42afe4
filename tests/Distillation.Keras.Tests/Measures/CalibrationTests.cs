using Distillation.Keras.Measures;
using NumSharp;

namespace Distillation.Keras.Tests.Measures;

/// <summary>Calibration against loops over samples, and what no fixture has.</summary>
public class CalibrationTests
{
    private const int Samples = 101;
    private const int Classes = 4;

    [TestCase(15)]
    [TestCase(1)]
    [TestCase(7)]
    [TestCase(250)]
    public void Bins_and_errors_are_those_of_loops(int bins)
    {
        (double[,] p, int[] labels) = Data();
        (double Confidence, bool Right)[] samples = [.. labels.Select((y, i) => Sample(p, i, y))];

        Calibration calibration = Calibration.FromProbabilities(p, labels, bins);

        (double Confidence, bool Right)[][] wide =
        [
            .. Enumerable
                .Range(0, bins)
                .Select(b => samples.Where(s => s.Confidence > (double)b / bins && s.Confidence <= (b + 1.0) / bins).ToArray()),
        ];
        (double Confidence, bool Right)[] sorted = [.. samples.OrderBy(s => s.Confidence)];
        (double Confidence, bool Right)[][] equal =
        [
            .. Enumerable.Range(0, bins).Select(b => sorted[(b * Samples / bins)..((b + 1) * Samples / bins)]),
        ];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(calibration.Bins.Select(b => b.Count), Is.EqualTo(wide.Select(w => w.Length)));
            Assert.That(calibration.Bins.Select(b => b.Gap), Is.EqualTo(wide.Select(Gap)).Within(1e-12));
            Assert.That(calibration.Bins[^1].Upper, Is.EqualTo(1));
            Assert.That(calibration.ExpectedCalibrationError, Is.EqualTo(wide.Sum(w => w.Length * Gap(w)) / Samples).Within(1e-12));
            Assert.That(calibration.MaximumCalibrationError, Is.EqualTo(wide.Max(Gap)).Within(1e-12));
            Assert.That(calibration.AdaptiveCalibrationError, Is.EqualTo(equal.Sum(w => w.Length * Gap(w)) / Samples).Within(1e-12));
            Assert.That(calibration.Accuracy, Is.EqualTo(samples.Count(s => s.Right) / (double)Samples).Within(1e-15));
            Assert.That(calibration.NegativeLogLikelihood, Is.EqualTo(labels.Select((y, i) => -Math.Log(p[i, y])).Average()).Within(1e-12));
            Assert.That(
                calibration.BrierScore,
                Is.EqualTo(
                        labels.Select((y, i) => Enumerable.Range(0, Classes).Sum(c => Math.Pow(p[i, c] - (c == y ? 1 : 0), 2))).Average()
                    )
                    .Within(1e-12)
            );
        }
    }

    [Test]
    public void Logits_one_hot_labels_and_float32_give_the_same()
    {
        (double[,] p, int[] labels) = Data();
        double[,] logits = new double[Samples, Classes];
        float[,] oneHot = new float[Samples, Classes];
        for (int i = 0; i < Samples; i++)
        {
            oneHot[i, labels[i]] = 1;
            for (int c = 0; c < Classes; c++)
            {
                logits[i, c] = Math.Log(p[i, c]) - 3;
            }
        }

        Calibration exact = Calibration.FromProbabilities(p, labels);
        using NDArray asFloats = np.array(logits).astype(np.float32);
        foreach (Calibration other in (Calibration[])[Calibration.FromLogits(logits, oneHot), Calibration.FromLogits(asFloats, labels)])
        {
            using (Assert.EnterMultipleScope())
            {
                Assert.That(other.ExpectedCalibrationError, Is.EqualTo(exact.ExpectedCalibrationError).Within(1e-6));
                Assert.That(other.NegativeLogLikelihood, Is.EqualTo(exact.NegativeLogLikelihood).Within(1e-6));
                Assert.That(other.BrierScore, Is.EqualTo(exact.BrierScore).Within(1e-6));
                Assert.That(other.Samples, Is.EqualTo(Samples));
            }
        }
    }

    [Test]
    public void Certainty_lies_in_the_last_bin_even_where_rounding_puts_it_above_1()
    {
        Calibration calibration = Calibration.FromProbabilities(
            new double[,]
            {
                { 1.0000001, 0 },
                { 0.5, 0.5 },
            },
            new[] { 1, 0 }
        );

        Assert.That(calibration.Bins[14], Is.EqualTo(new ReliabilityBin(14.0 / 15, 1, 1, 1, 0)));
        Assert.That(calibration.MaximumCalibrationError, Is.EqualTo(1));
        Assert.That(calibration.NegativeLogLikelihood, Is.EqualTo(double.PositiveInfinity));
        Assert.That(calibration.ToString(), Does.Contain("ECE"));
    }

    [Test]
    public void Bins_between_quantiles_lose_the_least_confident_sample_and_all_where_all_are_equal()
    {
        // Each of two samples is a bin of its own: gaps 0.4 and 0.2.
        Calibration two = Calibration.FromProbabilities(
            new double[,]
            {
                { 0.6, 0.4 },
                { 0.8, 0.2 },
            },
            new[] { 0, 0 },
            2
        );
        Calibration equal = Calibration.FromProbabilities(
            new double[,]
            {
                { 0.6, 0.4 },
                { 0.4, 0.6 },
            },
            new[] { 0, 0 }
        );

        Assert.That(two.AdaptiveCalibrationError, Is.EqualTo(0.3).Within(1e-12));
        Assert.That(two.QuantileCalibrationError, Is.EqualTo(0.1).Within(1e-12));
        Assert.That(equal.QuantileCalibrationError, Is.Zero);
        Assert.That(equal.AdaptiveCalibrationError, Is.EqualTo(0.5 * (0.4 + 0.6)).Within(1e-12));
    }

    [Test]
    public void Bad_arrays_are_refused_with_what_is_wrong()
    {
        double[,] p =
        {
            { 0.6, 0.4 },
            { 0.3, 0.7 },
        };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => Calibration.FromLogits(p, new[] { 0, 2 }), Throws.ArgumentException.With.Message.Contains("from 0 to 1"));
            Assert.That(() => Calibration.FromLogits(p, new[] { -1, 1 }), Throws.ArgumentException.With.Message.Contains("-1"));
            Assert.That(() => Calibration.FromLogits(p, new[] { 0 }), Throws.ArgumentException.With.Message.Contains("(2,)"));
            Assert.That(() => Calibration.FromLogits(p, new[] { 0.5f, 1 }), Throws.ArgumentException.With.Message.Contains("integers"));
            Assert.That(
                () =>
                    Calibration.FromLogits(
                        new double[,]
                        {
                            { double.NaN, 1 },
                        },
                        new[] { 0 }
                    ),
                Throws.ArgumentException.With.Message.Contains("NaN")
            );
            Assert.That(
                () =>
                    Calibration.FromProbabilities(
                        new double[,]
                        {
                            { 3, 1 },
                        },
                        new[] { 0 }
                    ),
                Throws.ArgumentException.With.Message.Contains("FromLogits")
            );
            Assert.That(
                () => Calibration.FromLogits(p, new[] { 0, 1 }, 0),
                Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("bins")
            );
            Assert.That(
                () => Calibration.FromLogits(new float[0, 2], Array.Empty<int>()),
                Throws.ArgumentException.With.Message.Contains("empty")
            );
        }
    }

    private static double Gap((double Confidence, bool Right)[] bin) =>
        bin.Length == 0 ? 0 : Math.Abs(bin.Average(s => s.Right ? 1.0 : 0) - bin.Average(s => s.Confidence));

    private static (double Confidence, bool Right) Sample(double[,] p, int i, int label)
    {
        int best = Enumerable.Range(0, Classes).MaxBy(c => p[i, c]);
        return (p[i, best], best == label);
    }

    private static (double[,] Probabilities, int[] Labels) Data()
    {
        var random = new Random(3);
        double[,] p = new double[Samples, Classes];
        int[] labels = new int[Samples];
        for (int i = 0; i < Samples; i++)
        {
            double[] raw = [.. Enumerable.Range(0, Classes).Select(_ => Math.Exp(random.NextDouble() * 5))];
            for (int c = 0; c < Classes; c++)
            {
                p[i, c] = raw[c] / raw.Sum();
            }

            labels[i] = random.NextDouble() < 0.5 ? Enumerable.Range(0, Classes).MaxBy(c => p[i, c]) : random.Next(Classes);
        }

        return (p, labels);
    }
}
