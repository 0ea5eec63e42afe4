using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>What the rows of a batch count for, and how their values become one.</summary>
/// <param name="Sample">The weight of each row in all terms, (rows,), or <see langword="null"/>.</param>
/// <param name="Labelled">1 where a row has a label and 0 elsewhere, (rows,), or <see langword="null"/> where all have one.</param>
/// <param name="LabelsOnly">The weight of each row in the loss on the labels alone, (rows,), or <see langword="null"/>.</param>
/// <param name="Share">What each row counts for in a sum, (rows,), where that is meant instead of the mean (sequences).</param>
/// <param name="DividesByWeights">
/// Whether the sum is divided by the sum of the weights (Keras' <c>mean_with_sample_weight</c>) instead of the number of rows (Keras'
/// <c>sum_over_batch_size</c>).
/// </param>
internal sealed record RowWeights(
    Tensor? Sample = null,
    Tensor? Labelled = null,
    Tensor? LabelsOnly = null,
    Tensor? Share = null,
    bool DividesByWeights = false
)
{
    /// <summary>All rows alike.</summary>
    public static RowWeights None { get; } = new();

    /// <summary>The weights of a term.</summary>
    /// <param name="needsLabels">Whether it computes from labels.</param>
    /// <param name="isHard">Whether it is the loss on the labels.</param>
    public Tensor? Of(bool needsLabels, bool isHard)
    {
        Tensor? weights = Sample;
        if (needsLabels && Labelled is not null)
        {
            weights = weights is null ? Labelled : weights * Labelled;
        }

        if (isHard && LabelsOnly is not null)
        {
            weights = weights is null ? LabelsOnly : weights * LabelsOnly;
        }

        return weights;
    }

    /// <summary>The weighted mean.</summary>
    /// <param name="rows">(rows,).</param>
    /// <param name="weights">What <see cref="Of"/> gave for the term: (rows,), or <see langword="null"/>: 1 each.</param>
    public Tensor Reduce(Tensor rows, Tensor? weights)
    {
        if (weights is null)
        {
            return Share is null ? rows.mean() : (rows * Share).sum();
        }

        // A row that weighs nothing adds nothing, even where its value is infinite.
        Tensor weighted = where(IsZero(weights), zeros_like(rows), rows * weights.to(rows.dtype));
        if (DividesByWeights)
        {
            Tensor w = Share is null ? weights : weights * Share;
            Tensor sum = (Share is null ? weighted : weighted * Share).sum();
            Tensor total = w.sum().to(rows.dtype);
            Tensor nothing = IsZero(total);
            return where(nothing, zeros_like(sum), sum / where(nothing, ones_like(total), total));
        }

        return Share is null ? weighted.mean() : (weighted * Share).sum();
    }

    private static Tensor IsZero(Tensor x) => x.eq(zeros_like(x));
}
