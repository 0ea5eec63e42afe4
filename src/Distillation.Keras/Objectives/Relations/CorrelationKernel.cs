namespace Distillation.Keras.Objectives;

/// <summary>How correlation congruence measures that two samples correlate.</summary>
public enum CorrelationKernel
{
    /// <summary>
    /// The Gaussian of the distance of their features on the unit sphere, <c>exp(-γ ‖x - y‖²)</c>, by its Taylor series: what the paper
    /// found best.
    /// </summary>
    Gaussian,

    /// <summary>The scalar product of their features.</summary>
    Bilinear,

    /// <summary>
    /// Not the paper's equation but what much code computes in its place: <c>d = |student - teacher|</c>, and the scalar product of the d
    /// of each sample with that of the next one in the batch. Both features have the same width.
    /// </summary>
    Consecutive,
}
