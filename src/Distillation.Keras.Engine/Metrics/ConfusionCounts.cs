using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Metrics;

/// <summary>Weighted true and false positives of a batch at each threshold, and what there was in all.</summary>
/// <param name="TruePositives">(thresholds) or (thresholds, labels).</param>
/// <param name="FalsePositives">Likewise.</param>
/// <param name="Positives">The weights of all positive targets: scalar, or (labels).</param>
/// <param name="Negatives">The weights of all negative targets, likewise.</param>
/// <remarks>Source: <c>keras/src/metrics/metrics_utils.py</c>, <c>update_confusion_matrix_variables</c>. Thread-safe.</remarks>
internal sealed record ConfusionCounts(Tensor TruePositives, Tensor FalsePositives, Tensor Positives, Tensor Negatives)
{
    /// <summary>Counts at thresholds i / (count - 1).</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="count">The number of thresholds; 2 or more.</param>
    /// <param name="isBelowZero">Whether the first one is just below 0, so that a prediction of 0 is above it.</param>
    /// <remarks>
    /// Each prediction falls into one bucket; a threshold's count is the sum of the buckets from it on. So thresholds cost nothing.
    /// </remarks>
    public static ConfusionCounts AtEvenThresholds(ConfusionBatch batch, int count, bool isBelowZero = true)
    {
        // A prediction that equals a threshold is not above it: hence ceil - 1, or one bucket more that is not read.
        Tensor bucket = batch.Predictions.Between(0.0, 1.0).Scale(count - 1.0).ceil_();
        bucket = (isBelowZero ? bucket.Shift(-1).AtLeast(0) : bucket).to_type(ScalarType.Int64);
        long[] sizes = [.. batch.Predictions.shape];
        sizes[0] = isBelowZero ? count : count + 1;
        return new ConfusionCounts(
            FromBuckets(bucket, batch.Positive, sizes).narrow(0, sizes[0] - count, count),
            FromBuckets(bucket, batch.Negative, sizes).narrow(0, sizes[0] - count, count),
            batch.Positive.sum(dim: 0L),
            batch.Negative.sum(dim: 0L)
        );
    }

    /// <summary>Counts at given thresholds.</summary>
    public static ConfusionCounts At(ConfusionBatch batch, double[] thresholds)
    {
        if (batch.Predictions.dim() == 1 && CurveThresholds.AreEvenFromZeroToOne(thresholds))
        {
            return AtEvenThresholds(batch, thresholds.Length, isBelowZero: false);
        }

        long[] sizes = new long[batch.Predictions.dim() + 1];
        Array.Fill(sizes, 1);
        sizes[0] = thresholds.Length;
        Tensor limits = tensor(thresholds, batch.Predictions.dtype, device: batch.Predictions.device).view(sizes);
        Tensor above = batch.Predictions.unsqueeze(0).gt(limits).to_type(batch.Predictions.dtype);
        return new ConfusionCounts(
            above.mul(batch.Positive).sum(1),
            above.mul(batch.Negative).sum(1),
            batch.Positive.sum(dim: 0L),
            batch.Negative.sum(dim: 0L)
        );
    }

    private static Tensor FromBuckets(Tensor bucket, Tensor weights, long[] sizes) =>
        zeros(sizes, weights.dtype, weights.device).scatter_add_(0, bucket, weights).flip(0).cumsum(0).flip(0);
}
