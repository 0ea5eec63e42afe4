namespace Distillation.Keras.Objectives;

/// <summary>Among which samples the negatives of a contrastive objective are drawn.</summary>
public enum ContrastiveNegatives
{
    /// <summary>Samples of other classes than the anchor's. Needs labels; a sample without a label is nobody's negative.</summary>
    OtherClasses,

    /// <summary>All samples but the anchor. Needs no labels.</summary>
    OtherSamples,
}
