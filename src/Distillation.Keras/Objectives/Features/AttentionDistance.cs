namespace Distillation.Keras.Objectives;

/// <summary>How far a student's map of attention Qs is from the teacher's Qt; both have the length 1.</summary>
public enum AttentionDistance
{
    /// <summary>||Qs - Qt||, not squared: the paper's equation.</summary>
    Norm,

    /// <summary>||Qs - Qt||².</summary>
    SquaredNorm,

    /// <summary>The mean over the positions of (Qs - Qt)²: the authors' code.</summary>
    MeanSquare,
}
