namespace Distillation.Keras.Objectives;

/// <summary>How far a student's feature is from the teacher's.</summary>
public enum HintDistance
{
    /// <summary>The squared difference of each element.</summary>
    SquaredError,

    /// <summary>
    /// 1 - cosine of the vectors along the channels, one value a position: the size of features does not count.
    /// <c>keras.distillation.FeatureDistillation(loss="cosine_similarity")</c> is 1 less, with the same gradient. A vector of zeros has the
    /// cosine 0.
    /// </summary>
    Cosine,
}
