namespace Distillation.Keras.Schedules;

/// <summary>How a sample's difficulty is read from the teacher's probabilities at T = 1: a number from 0 to 1.</summary>
public enum TeacherUncertainty
{
    /// <summary>The greatest probability, from (nearly) 0 to 1.</summary>
    Confidence,

    /// <summary>
    /// The entropy divided by its greatest value, log(classes): 0 where the teacher is certain, 1 where it knows nothing.
    /// </summary>
    Entropy,
}
