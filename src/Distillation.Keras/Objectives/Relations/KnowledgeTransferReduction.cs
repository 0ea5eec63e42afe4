namespace Distillation.Keras.Objectives;

/// <summary>Which pairs of samples probabilistic knowledge transfer counts, and how.</summary>
public enum KnowledgeTransferReduction
{
    /// <summary>The sum over all pairs of different samples, as the paper's formula.</summary>
    Sum,

    /// <summary>The mean over all b² entries, a sample's similarity to itself among them, as the authors' code.</summary>
    Mean,
}
