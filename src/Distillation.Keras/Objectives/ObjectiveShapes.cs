namespace Distillation.Keras.Objectives;

/// <summary>What an objective is told before a fit, to say what it cannot do.</summary>
/// <param name="NumClasses">
/// How many classes (or labels, see <paramref name="IsMultiLabel"/>, or numbers, see <see cref="IsNumeric"/>) there are.
/// </param>
/// <param name="IsMultiLabel">Whether the output is one sigmoid for each label instead of a softmax over classes.</param>
/// <param name="Features">The shapes of the features, in the order of <see cref="DistillationObjective.Features"/>.</param>
/// <param name="Samples">
/// How many samples the transfer set has; <see langword="null"/> where they come batch by batch, so that nobody knows.
/// </param>
public sealed record ObjectiveShapes(int NumClasses, bool IsMultiLabel, IReadOnlyList<FeatureShapes> Features, long? Samples)
{
    /// <summary>
    /// Whether the output is numbers, of a regression, instead of classes or labels: what are called logits are these numbers, and there
    /// are no probabilities.
    /// </summary>
    public bool IsNumeric { get; init; }

    /// <summary>The numbers, the same in every culture.</summary>
    public override string ToString() =>
        Invariant(
            $"{nameof(ObjectiveShapes)} {{ NumClasses = {NumClasses}, IsMultiLabel = {IsMultiLabel}, Features = "
                + $"[{string.Join("; ", Features ?? [])}], Samples = {Samples}, IsNumeric = {IsNumeric} }}"
        );
}
