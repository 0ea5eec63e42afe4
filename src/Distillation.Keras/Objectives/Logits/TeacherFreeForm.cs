namespace Distillation.Keras.Objectives;

/// <summary>How the designed distribution of a virtual teacher is softened by τ.</summary>
public enum TeacherFreeForm
{
    /// <summary>Proportional to u^(1/τ): what a softmax at temperature τ makes of a teacher whose probabilities are u.</summary>
    Power,

    /// <summary>
    /// softmax(u / τ) of the probabilities themselves: nearly uniform for usual τ. The divergence is summed over the classes.
    /// </summary>
    SoftmaxOfProbabilities,

    /// <summary>As the authors' code: softmax(u / τ), and the mean over the classes instead of the sum.</summary>
    SoftmaxOfProbabilitiesMean,
}
