namespace Distillation.Keras.Layers;

/// <summary>
/// Values that stand for many, in order, each with a weight: how many it stands for. Two can be joined, and the bounds of equally full bins
/// be read from it. As Keras, it holds float32.
/// </summary>
/// <param name="Values">In rising order.</param>
/// <param name="Weights">How many each stands for.</param>
internal sealed record QuantileSummary(float[] Values, float[] Weights)
{
    /// <summary>Of no values.</summary>
    public static QuantileSummary Empty { get; } = new([], []);

    /// <summary>The summary of a batch: every value, or as many as the error allows, equally spaced.</summary>
    /// <param name="values">They are sorted in place.</param>
    /// <param name="epsilon">The error allowed, as a share.</param>
    public static QuantileSummary Of(float[] values, double epsilon)
    {
        // NaN comes last, as in numpy.
        Array.Sort(
            values,
            static (a, b) =>
                float.IsNaN(a) ? (float.IsNaN(b) ? 0 : 1)
                : float.IsNaN(b) ? -1
                : a.CompareTo(b)
        );
        double step = Math.Max(values.Length / (1 / epsilon), 1);
        int stride = (int)step;
        int start = (int)(step - 1);
        float[] kept = [.. Enumerable.Range(0, (values.Length - start + stride - 1) / stride).Select(i => values[start + (i * stride)])];
        return new QuantileSummary(kept, [.. Enumerable.Repeat((float)step, kept.Length)]);
    }

    /// <summary>The summary of this one's values and another one's.</summary>
    public QuantileSummary Joined(QuantileSummary before, double epsilon)
    {
        float[] values = [.. Values, .. before.Values];
        float[] weights = [.. Weights, .. before.Weights];
        int[] order = [.. Enumerable.Range(0, values.Length).OrderBy(i => values[i])];
        return new QuantileSummary(Array.ConvertAll(order, i => values[i]), Array.ConvertAll(order, i => weights[i])).Compressed(epsilon);
    }

    /// <summary>What separates equally full bins.</summary>
    public double[] Boundaries(int bins) => [.. Compressed(1.0 / bins).Values.SkipLast(1).Select(v => (double)v)];

    private QuantileSummary Compressed(double epsilon)
    {
        if (Values.Length * epsilon < 1)
        {
            return this;
        }

        float[] sums = new float[Weights.Length];
        float sum = 0;
        for (int i = 0; i < sums.Length; i++)
        {
            sums[i] = sum += Weights[i];
        }

        float[] shares = Array.ConvertAll(sums, s => s / sum);
        double[] wanted = [.. Enumerable.Range(0, (int)Math.Ceiling(1 / epsilon)).Select(i => epsilon + (i * epsilon))];
        double[] values = Array.ConvertAll(wanted, p => Interpolated(p, shares, Values));
        double[] weights = Array.ConvertAll(wanted, p => Interpolated(p, shares, sums));
        return new QuantileSummary(
            Array.ConvertAll(values, v => (float)v),
            [.. weights.Select((w, i) => (float)(w - (i == 0 ? 0 : weights[i - 1])))]
        );
    }

    // On the line between the two points beside it; before the first and behind the last, as they are.
    private static double Interpolated(double at, float[] xs, float[] ys)
    {
        int right = Array.FindIndex(xs, x => x > at);
        if (right <= 0)
        {
            return right == 0 ? ys[0] : ys[^1];
        }

        double slope = ((double)ys[right] - ys[right - 1]) / ((double)xs[right] - xs[right - 1]);
        return (slope * (at - xs[right - 1])) + ys[right - 1];
    }
}
