namespace Distillation.Keras.Layers;

/// <summary>
/// Sums of float32 in the order and the rounding of numpy, in which Keras takes means and variances of arrays: where a mean is far from 0
/// the last digits of it are seen in what is normalised by it.
/// </summary>
internal static class Float32Sums
{
    // What numpy adds up in eight sums before it splits.
    private const int Block = 128;

    /// <summary>The sums over some axes, one for each place on the others.</summary>
    /// <param name="values">The numbers, those of the last axis beside each other.</param>
    /// <param name="sizes">The shape.</param>
    /// <param name="kept">The other axes, in rising order.</param>
    public static float[] Of(ReadOnlySpan<float> values, IReadOnlyList<long> sizes, IReadOnlyCollection<int> kept)
    {
        // Axes of size 1 are no axes, and what is added up without a gap is one axis.
        int[] axes = [.. Enumerable.Range(0, sizes.Count).Where(a => sizes[a] > 1)];
        float[] sums = new float[kept.Aggregate(1L, (product, a) => product * sizes[a])];
        bool rows = axes.Length > 0 && kept.Contains(axes[^1]);
        int inner = axes.Length;
        int length = 1;
        while (inner > 0 && kept.Contains(axes[inner - 1]) == rows)
        {
            length *= (int)sizes[axes[--inner]];
        }

        int[] outer = axes[..inner];
        long[] strides = new long[outer.Length];
        long stride = rows ? length : 1;
        for (int i = outer.Length - 1; i >= 0; i--)
        {
            strides[i] = kept.Contains(outer[i]) ? stride : 0;
            stride *= kept.Contains(outer[i]) ? sizes[outer[i]] : 1;
        }

        long[] place = new long[outer.Length];
        for (int start = 0; start < values.Length; start += length)
        {
            long target = 0;
            for (int i = 0; i < outer.Length; i++)
            {
                target += place[i] * strides[i];
            }

            ReadOnlySpan<float> part = values.Slice(start, length);
            if (rows)
            {
                Span<float> into = sums.AsSpan((int)target, length);
                for (int i = 0; i < length; i++)
                {
                    into[i] += part[i];
                }
            }
            else
            {
                sums[target] += Pairwise(part);
            }

            for (int i = outer.Length - 1; i >= 0 && ++place[i] == sizes[outer[i]]; i--)
            {
                place[i] = 0;
            }
        }

        return sums;
    }

    private static float Pairwise(ReadOnlySpan<float> values)
    {
        if (values.Length > Block)
        {
            int half = values.Length / 2;
            half -= half % 8;
            return Pairwise(values[..half]) + Pairwise(values[half..]);
        }

        float sum = 0;
        int done = 0;
        if (values.Length >= 8)
        {
            Span<float> eight = stackalloc float[8];
            values[..8].CopyTo(eight);
            for (done = 8; done <= values.Length - 8; done += 8)
            {
                for (int i = 0; i < 8; i++)
                {
                    eight[i] += values[done + i];
                }
            }

            sum = eight[0] + eight[1] + (eight[2] + eight[3]) + (eight[4] + eight[5] + (eight[6] + eight[7]));
        }

        foreach (float value in values[done..])
        {
            sum += value;
        }

        return sum;
    }
}
