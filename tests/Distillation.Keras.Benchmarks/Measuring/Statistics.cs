namespace Distillation.Keras.Benchmarks.Measuring;

/// <summary>Order statistics of a few timings.</summary>
internal static class Statistics
{
    /// <summary>The middle value, or the mean of the two in the middle.</summary>
    public static double Median(IEnumerable<double> values) => Quantile(values, 0.5);

    /// <summary>
    /// The value below which that share of the sorted values lies, between two of them in proportion (as NumPy's <c>percentile</c> by
    /// default).
    /// </summary>
    /// <param name="values">At least one number, in any order; not changed.</param>
    /// <param name="share">From 0 (the least) to 1 (the greatest).</param>
    /// <exception cref="ArgumentException">There is no value, or one is not a number.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The share is not from 0 to 1.</exception>
    public static double Quantile(IEnumerable<double> values, double share)
    {
        if (!(share >= 0 && share <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, "A share lies from 0 to 1.");
        }

        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0 || Array.Exists(sorted, double.IsNaN))
        {
            throw new ArgumentException("A quantile needs at least one value, and numbers only.", nameof(values));
        }

        double place = share * (sorted.Length - 1);
        int below = (int)place;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((sorted[above] - sorted[below]) * (place - below));
    }
}
