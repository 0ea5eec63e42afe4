using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Measures;

/// <summary>McNemar's test of whether two classifiers differ on the same samples, from those that only one of them gets right.</summary>
/// <remarks>
/// McNemar, Note on the sampling error of the difference between correlated proportions or percentages, Psychometrika 12, 1947, with
/// Edwards' correction of continuity. With b and c the numbers of samples that only the first and only the second gets right, small
/// p-values speak against both being equally good. Where b + c is small (below about 25), take the exact one. Computed in float64.
/// Immutable.
/// </remarks>
public sealed class McNemarTest
{
    private const long Most = 1_000_000_000;

    private McNemarTest(long onlyFirstRight, long onlySecondRight)
    {
        OnlyFirstRight = onlyFirstRight;
        OnlySecondRight = onlySecondRight;
        double differing = onlyFirstRight + onlySecondRight;
        double excess = Math.Abs(onlyFirstRight - onlySecondRight) - 1;
        UnclampedStatistic = differing == 0 ? 0 : excess * excess / differing;
        Statistic = excess < 0 ? 0 : UnclampedStatistic;
        ChiSquareProbability = ChiSquareTail(Statistic);
        ExactProbability = Math.Min(1, 2 * BinomialTail(onlyFirstRight + onlySecondRight, Math.Min(onlyFirstRight, onlySecondRight)));
    }

    /// <summary>b: how many samples only the first classifier gets right.</summary>
    public long OnlyFirstRight { get; }

    /// <summary>c: how many samples only the second classifier gets right.</summary>
    public long OnlySecondRight { get; }

    /// <summary>max(|b - c| - 1, 0)² / (b + c), the corrected statistic; 0 where b + c is 0.</summary>
    public double Statistic { get; }

    /// <summary>(|b - c| - 1)² / (b + c), as most code has it: it differs where b = c, for which it is 1 / (b + c) instead of 0.</summary>
    public double UnclampedStatistic { get; }

    /// <summary>The p-value of <see cref="Statistic"/> by the chi-square distribution with one degree of freedom.</summary>
    public double ChiSquareProbability { get; }

    /// <summary>The exact two-sided p-value: min(1, 2 P(Binomial(b + c, ½) ≤ min(b, c))).</summary>
    public double ExactProbability { get; }

    /// <summary>Compares the predictions of two classifiers.</summary>
    /// <param name="firstPredictions">Classes (samples,), or logits or probabilities (samples, classes).</param>
    /// <param name="secondPredictions">The other classifier's, of the same samples.</param>
    /// <param name="labels">Classes (samples,), or one-hot (samples, classes).</param>
    /// <exception cref="ArgumentException">The numbers of samples differ, there are none, or a class is no whole number from 0.</exception>
    public static McNemarTest FromPredictions(ArrayLike firstPredictions, ArrayLike secondPredictions, ArrayLike labels)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor first = MeasureInputs.Classes(firstPredictions, nameof(firstPredictions));
        Tensor second = MeasureInputs.Classes(secondPredictions, nameof(secondPredictions));
        Tensor truth = MeasureInputs.Classes(labels, nameof(labels));
        MeasureInputs.CheckSame(first, second, nameof(firstPredictions), nameof(secondPredictions));
        MeasureInputs.CheckSame(first, truth, nameof(firstPredictions), nameof(labels));
        Tensor firstRight = first.eq(truth);
        Tensor secondRight = second.eq(truth);
        return new McNemarTest(
            firstRight.logical_and(secondRight.logical_not()).sum().item<long>(),
            secondRight.logical_and(firstRight.logical_not()).sum().item<long>()
        );
    }

    /// <summary>The test of counts.</summary>
    /// <param name="onlyFirstRight">b, not negative.</param>
    /// <param name="onlySecondRight">c, not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative, or above 1,000,000,000.</exception>
    public static McNemarTest FromCounts(long onlyFirstRight, long onlySecondRight)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(onlyFirstRight);
        ArgumentOutOfRangeException.ThrowIfNegative(onlySecondRight);

        // The exact test takes a step for each: seconds at that number.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(onlyFirstRight, Most);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(onlySecondRight, Most);
        return new McNemarTest(onlyFirstRight, onlySecondRight);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        Invariant(
            $"only the first right {OnlyFirstRight}, only the second {OnlySecondRight}: statistic {Statistic:F4}, p "
                + $"{ChiSquareProbability:G4} (exact {ExactProbability:G4})"
        );

    // P(χ²(1) > x) = erfc(√(x / 2)).
    private static double ChiSquareTail(double x)
    {
        using DisposeScope scope = NewDisposeScope();
        return special.erfc(tensor(Math.Sqrt(x / 2), ScalarType.Float64, CPU)).item<double>();
    }

    // P(Binomial(n, ½) ≤ k): the last term, C(n, k) / 2ⁿ, times the sum of all terms relative to it.
    private static double BinomialTail(long n, long k)
    {
        // Numerator and power of two apart, as each alone is out of a double's range for large n.
        const int Step = 512;
        double last = 1;
        double exponent = -n;
        for (long i = 1; i <= k; i++)
        {
            last *= (double)(n - k + i) / i;
            if (last > Math.ScaleB(1, Step))
            {
                last = Math.ScaleB(last, -Step);
                exponent += Step;
            }
        }

        double sum = 0;
        double term = 1;
        for (long i = k; i >= 0 && term > sum * 1e-18; i--)
        {
            sum += term;
            term *= (double)i / (n - i + 1);
        }

        return sum * Math.ScaleB(last, (int)Math.Max(exponent, int.MinValue));
    }
}
