namespace Distillation.Keras.Objectives;

/// <summary>Over which classes label smoothing spreads ε.</summary>
public enum SmoothingSpread
{
    /// <summary>All c classes, the label's too: <c>(1 - ε) one-hot + ε / c</c>, as the paper, Keras and torch.</summary>
    AllClasses,

    /// <summary>The c - 1 others: 1 - ε on the label and ε / (c - 1) elsewhere.</summary>
    OtherClasses,
}
