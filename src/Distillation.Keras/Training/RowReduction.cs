using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>How the rows of a batch become one value.</summary>
/// <param name="ByWeights">Whether the sum is divided by the sum of the weights (Keras' <c>mean_with_sample_weight</c>) instead of the number of rows (Keras' <c>sum_over_batch_size</c>).</param>
internal sealed record RowReduction(bool ByWeights)
{
    /// <summary>Divided by the number of rows: the default, as in Keras.</summary>
    public static RowReduction OverRows { get; } = new(false);

    /// <summary>The weighted mean.</summary>
    /// <param name="rows">(rows,).</param>
    /// <param name="weights">(rows,), or <see langword="null"/>: 1 each.</param>
    /// <param name="share">What each row counts for, (rows,), where a sum with these is meant instead of the mean (sequences); or <see langword="null"/>.</param>
    public Tensor Reduce(Tensor rows, Tensor? weights, Tensor? share)
    {
        if (weights is null)
        {
            return share is null ? rows.mean() : (rows * share).sum();
        }

        // A row that weighs nothing adds nothing, even where its value is infinite.
        Tensor weighted = where(IsZero(weights), zeros_like(rows), rows * weights.to(rows.dtype));
        if (ByWeights)
        {
            Tensor w = share is null ? weights : weights * share;
            Tensor sum = (share is null ? weighted : weighted * share).sum();
            Tensor total = w.sum().to(rows.dtype);
            Tensor nothing = IsZero(total);
            return where(nothing, zeros_like(sum), sum / where(nothing, ones_like(total), total));
        }

        return share is null ? weighted.mean() : (weighted * share).sum();
    }

    private static Tensor IsZero(Tensor x) => x.eq(zeros_like(x));
}
