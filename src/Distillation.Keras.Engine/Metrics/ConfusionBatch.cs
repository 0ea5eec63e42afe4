using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Metrics;

/// <summary>A batch of predictions with the weights of positive and negative targets.</summary>
/// <param name="Predictions">(values), or (batch, labels).</param>
/// <param name="Positive">The weight where the target is positive, else 0; of the same shape.</param>
/// <param name="Negative">The weight where the target is not positive, else 0; of the same shape.</param>
/// <remarks>Source: <c>keras/src/metrics/metrics_utils.py</c>. Thread-safe.</remarks>
internal sealed record ConfusionBatch(Tensor Predictions, Tensor Positive, Tensor Negative)
{
    /// <summary>Brings targets, predictions and weights into that form.</summary>
    /// <param name="metric">The metric's name in messages.</param>
    /// <param name="y_true">Targets; what is not 0 is positive.</param>
    /// <param name="y_pred">Predictions; a last axis of size 1 may be missing in one of the two.</param>
    /// <param name="sample_weight">Weights (batch) or of the targets' shape, or <see langword="null"/>.</param>
    /// <param name="type">The type to compute in.</param>
    /// <param name="keepLabels">Whether to keep (batch, labels); otherwise all values stand in one row.</param>
    /// <param name="labelWeights">A weight for each label (the last axis), or <see langword="null"/>.</param>
    /// <param name="fromLogits">Whether a sigmoid is to be applied to the predictions.</param>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    public static ConfusionBatch Of(
        string metric,
        Tensor y_true,
        Tensor y_pred,
        Tensor? sample_weight,
        ScalarType type,
        bool keepLabels = false,
        double[]? labelWeights = null,
        bool fromLogits = false
    )
    {
        Shape target = Ranks.ShapeOf(y_true);
        Shape output = Ranks.ShapeOf(y_pred);
        Ranks.Match(ref y_pred, ref y_true);
        if (!y_true.shape.AsSpan().SequenceEqual(y_pred.shape) || y_pred.dim() == 0)
        {
            throw new ArgumentException(
                $"The metric {metric} compares targets and predictions element by element (a last axis of size 1 may be missing in one), "
                    + $"but the targets' shape is {target} and the predictions' {output}."
            );
        }

        Tensor positive = y_true.IsNot(0).to_type(type);
        Tensor negative = positive.Complement();
        Tensor? weight = sample_weight is null ? null : Broadcast(metric, sample_weight.to_type(type).unsqueeze(-1), y_true);
        if (labelWeights is not null)
        {
            if (labelWeights.Length != y_pred.shape[^1])
            {
                throw new ArgumentException(
                    $"The metric {metric} has {labelWeights.Length} label weights, but the predictions' shape is {output}, whose last "
                        + "axis should be as long."
                );
            }

            Tensor byLabel = tensor(labelWeights, type, device: y_pred.device);
            weight = weight is null ? byLabel : weight.mul(byLabel);
        }

        if (weight is not null)
        {
            positive = positive.mul(weight);
            negative = negative.mul(weight);
        }

        Tensor finite = y_pred.isfinite();
        y_pred = Finite.OrWorst(y_true, (fromLogits ? y_pred.sigmoid() : y_pred).to_type(type), finite);
        return keepLabels
            ? new ConfusionBatch(y_pred, positive, negative)
            : new ConfusionBatch(y_pred.reshape(-1), positive.reshape(-1), negative.reshape(-1));
    }

    /// <summary>Takes one class of the last axis, which stays with the size 1.</summary>
    /// <exception cref="ArgumentException">There is no such class, or no targets for the predictions' classes.</exception>
    public static void TakeClass(string metric, ref Tensor y_true, ref Tensor y_pred, int id)
    {
        Shape target = Ranks.ShapeOf(y_true);
        Shape output = Ranks.ShapeOf(y_pred);
        Ranks.Match(ref y_pred, ref y_true);
        if (y_pred.dim() < 2 || y_pred.shape[^1] <= id || y_true.dim() != y_pred.dim() || y_true.shape[^1] != y_pred.shape[^1])
        {
            throw new ArgumentException(
                Invariant(
                    $"The metric {metric} has class_id {id}, so targets and predictions are (batch, ..., classes) with as many "
                        + $"classes, but the targets' shape is {target} and the predictions' {output}."
                )
            );
        }

        y_pred = y_pred.narrow(-1, id, 1);
        y_true = y_true.narrow(-1, id, 1);
    }

    private static Tensor Broadcast(string metric, Tensor weight, Tensor y_true)
    {
        Ranks.Match(ref y_true, ref weight, expandVectors: false);
        long[] sizes = y_true.shape;
        long[] weights = weight.shape;
        bool fits = weights.Length <= sizes.Length;
        for (int i = 1; fits && i <= weights.Length; i++)
        {
            fits = weights[^i] == 1 || weights[^i] == sizes[^i];
        }

        return fits
            ? weight
            : throw new ArgumentException(
                $"The metric {metric} needs weights that are one a sample or broadcast against its targets of shape "
                    + $"{Ranks.ShapeOf(y_true)}, but their shape is {Shape.FromSizes(weights)}."
            );
    }
}
