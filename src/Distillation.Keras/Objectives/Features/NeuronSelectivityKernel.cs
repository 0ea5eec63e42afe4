namespace Distillation.Keras.Objectives;

/// <summary>How alike two channels' maps x and y of length 1 are.</summary>
public enum NeuronSelectivityKernel
{
    /// <summary>(x·y + c)^d.</summary>
    Polynomial,

    /// <summary>x·y: the mean maps alone are compared.</summary>
    Linear,

    /// <summary>
    /// exp(-||x - y||² / (2 σ²)); σ² is the mean of ||s - t||² over the sample's pairs of a student's and a teacher's channel, without a
    /// gradient.
    /// </summary>
    Gaussian,
}
