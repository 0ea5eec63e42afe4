using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Metrics;

/// <summary>Adds a batch of values and weights to the sums of a mean.</summary>
/// <remarks>
/// A sample counts once, whatever the number of its values: values (n, t) are averaged to (n,), weights too. So the sum of the samples is
/// the sum of all values divided by their number in one sample, which is one reduction instead of two.
/// Source: <c>keras/src/metrics/reduction_metrics.py</c>, <c>reduce_to_samplewise_values</c>. Thread-safe.
/// </remarks>
internal static class SampleValues
{
    /// <summary>
    /// Adds to <paramref name="total"/> and <paramref name="count"/>. To be called without gradient recording, in a dispose scope.
    /// </summary>
    public static void AddMean(Variable total, Variable count, Tensor values, Tensor? weight, string name)
    {
        ScalarType type = total.DType;
        if (weight is null)
        {
            long[] sizes = values.shape;
            long samples = sizes.Length == 0 ? 1 : sizes[0];
            Add(total, values.sum(type), ElementsPerSample(sizes));
            count.Value.Shift(samples);
            return;
        }

        Prepare(ref values, ref weight, type, name, mean: true);
        long perSample = ElementsPerSample(values.shape);
        Add(total, values.mul(weight).sum(), perSample);
        Add(count, weight.sum(), perSample);
    }

    /// <summary>Adds to <paramref name="total"/>. To be called without gradient recording, in a dispose scope.</summary>
    public static void AddSum(Variable total, Tensor values, Tensor? weight, string name)
    {
        ScalarType type = total.DType;
        if (weight is null)
        {
            total.Value.Accumulate(values.sum(type));
            return;
        }

        Prepare(ref values, ref weight, type, name, mean: false);
        total.Value.Accumulate(values.mul(weight).sum());
    }

    /// <summary>total / count as a new tensor of the outer scope; 0 where nothing was counted.</summary>
    public static Tensor Ratio(Variable total, Variable count)
    {
        return total.Value.div(count.Value).Replaced(count.Value.Is(0), 0);
    }

    /// <summary>Casts both, and brings the values to the rank of the weights and the weights to the shape of the values.</summary>
    private static void Prepare(ref Tensor values, ref Tensor sample_weight, ScalarType type, string name, bool mean)
    {
        Tensor given = sample_weight;
        Shape before = Ranks.ShapeOf(values);
        values = Cast(values, type);
        sample_weight = Cast(sample_weight, type);
        Ranks.Match(ref values, ref sample_weight);
        if (values.dim() > sample_weight.dim())
        {
            long[] axes = new long[values.dim() - sample_weight.dim()];
            for (int i = 0; i < axes.Length; i++)
            {
                axes[i] = sample_weight.dim() + i;
            }

            values = mean ? values.mean(axes) : values.sum(axes);
        }

        long[] sizes = values.shape;
        long[] weights = sample_weight.shape;
        if (sizes.AsSpan().SequenceEqual(weights))
        {
            return;
        }

        int offset = sizes.Length - weights.Length;
        for (int i = 0; i < weights.Length; i++)
        {
            if (offset < 0 || (weights[i] != 1 && weights[i] != sizes[i + offset]))
            {
                throw new ArgumentException(
                    $"The metric {name} needs weights, or a mask of the predictions, that are one a sample, one a position, or broadcast "
                        + $"against its values of shape {before}, but their shape is {Ranks.ShapeOf(given)}.",
                    nameof(sample_weight)
                );
            }
        }

        sample_weight = sample_weight.expand(sizes);
    }

    private static long ElementsPerSample(long[] sizes)
    {
        long product = 1;
        for (int i = 1; i < sizes.Length; i++)
        {
            product *= sizes[i];
        }

        return product;
    }

    private static void Add(Variable variable, Tensor sum, long divisor)
    {
        if (divisor == 1)
        {
            variable.Value.Accumulate(sum);
            return;
        }

        variable.Value.AddScaled(sum, 1.0 / divisor);
    }

    private static Tensor Cast(Tensor tensor, ScalarType type) => tensor.dtype == type ? tensor : tensor.to_type(type);
}
