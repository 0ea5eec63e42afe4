namespace Distillation.Keras.Training;

/// <summary>What the data of a fit have, and its epochs, for the checks of its terms.</summary>
/// <param name="HasLabels">Whether there are labels.</param>
/// <param name="HasMissingLabels">Whether some samples have none.</param>
/// <param name="HasWeights">Whether there are sample or class weights that apply to all terms.</param>
/// <param name="HasMask">Whether some tokens do not count.</param>
/// <param name="HasIndices">Whether samples have numbers by which they are known.</param>
/// <param name="FirstEpoch">The number of the first epoch, from 0.</param>
/// <param name="Epochs">The number of the last one; with <paramref name="FirstEpoch"/> 0, how many there are.</param>
internal sealed record DataTraits(
    bool HasLabels,
    bool HasMissingLabels,
    bool HasWeights,
    bool HasMask,
    bool HasIndices,
    int FirstEpoch,
    int Epochs
)
{
    /// <summary>The same fit's with other data.</summary>
    /// <param name="signals">What stands beside the inputs.</param>
    /// <param name="settings">The distiller's settings.</param>
    public DataTraits Of(TransferSignals signals, DistillationSettings settings) =>
        this with
        {
            HasMissingLabels = signals.HasMissingLabels,
            HasWeights = signals.Weights is not null || (signals.ClassWeights is not null && !settings.ClassWeightsOnLabelsOnly),
        };
}
