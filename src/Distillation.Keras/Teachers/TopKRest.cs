namespace Distillation.Keras.Teachers;

/// <summary>What the classes get that are not among the stored k.</summary>
public enum TopKRest
{
    /// <summary>What the stored probabilities leave of 1, each the same share (at least one in ten thousand million).</summary>
    Spread,

    /// <summary>
    /// Nothing: the stored probabilities are scaled to sum to 1, and the logits of the others are so low (-10,000) that they have no
    /// probability at any usual temperature. For objectives on probabilities.
    /// </summary>
    Drop,
}
