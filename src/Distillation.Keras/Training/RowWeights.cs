using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>What the rows of a batch count for.</summary>
/// <param name="Sample">The weight of each row in all terms, (rows,), or <see langword="null"/>.</param>
/// <param name="Labelled">1 where a row has a label and 0 elsewhere, (rows,), or <see langword="null"/> where all have one.</param>
/// <param name="LabelsOnly">The weight of each row in the loss on the labels alone, (rows,), or <see langword="null"/>.</param>
/// <param name="Share">What each row counts for in a sum, (rows,), where that is meant instead of the mean (sequences).</param>
internal sealed record RowWeights(Tensor? Sample = null, Tensor? Labelled = null, Tensor? LabelsOnly = null, Tensor? Share = null)
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
}
