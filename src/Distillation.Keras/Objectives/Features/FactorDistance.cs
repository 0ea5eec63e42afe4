namespace Distillation.Keras.Objectives;

/// <summary>How far two normalised factors are from each other.</summary>
public enum FactorDistance
{
    /// <summary>The l1 norm of their difference: the paper's formula with p = 1, its choice.</summary>
    L1,

    /// <summary>The l2 norm of their difference: the paper's formula with p = 2.</summary>
    L2,

    /// <summary>The mean of the absolute differences, the l1 norm divided by the number of elements: the authors' code.</summary>
    MeanAbsolute,
}
