namespace Distillation.Keras.Metrics;

/// <summary>Checks thresholds and sees whether they are evenly spaced.</summary>
/// <remarks>Source: <c>keras/src/metrics/metrics_utils.py</c>. Thread-safe.</remarks>
internal static class CurveThresholds
{
    /// <summary>A copy, sorted or not.</summary>
    /// <exception cref="ArgumentException">One is outside [0, 1].</exception>
    public static double[] Checked(double[] thresholds, bool sort = true)
    {
        double[] sorted = [.. thresholds];
        if (sort)
        {
            Array.Sort(sorted);
        }

        return Array.TrueForAll(sorted, t => t is >= 0 and <= 1)
            ? sorted
            : throw new ArgumentException(
                $"Thresholds lie in [0, 1], but found: {string.Join(", ", thresholds.Select(t => Invariant($"{t}")))}.",
                nameof(thresholds)
            );
    }

    /// <summary>Whether 0, the sorted thresholds and 1 are evenly spaced, within rounding.</summary>
    public static bool AreEven(IReadOnlyList<double> sorted)
    {
        int steps = sorted.Count + 1;
        for (int i = 0; i < sorted.Count; i++)
        {
            double even = (i + 1.0) / steps;
            if (Math.Abs(sorted[i] - even) > 1e-7 + (1e-5 * even))
            {
                return false;
            }
        }

        return steps >= 2;
    }

    /// <summary>Whether there are three thresholds or more, evenly spaced from 0 to 1 in this order, within rounding.</summary>
    public static bool AreEvenFromZeroToOne(double[] thresholds)
    {
        for (int i = 0; i < thresholds.Length; i++)
        {
            double even = (double)i / (thresholds.Length - 1);
            if (thresholds.Length < 3 || !(Math.Abs(thresholds[i] - even) <= 1e-7 + (1e-5 * even)))
            {
                return false;
            }
        }

        return thresholds.Length >= 3;
    }
}
