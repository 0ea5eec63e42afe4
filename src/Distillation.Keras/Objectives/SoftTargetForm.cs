namespace Distillation.Keras.Objectives;

/// <summary>
/// How far the student's softened probabilities q are from the teacher's p. The gradients are the same: the two differ by the entropy of p.
/// </summary>
public enum SoftTargetForm
{
    /// <summary>CE(p, q) = -sum p log q, the paper's. Its least value is the entropy of p.</summary>
    CrossEntropy,

    /// <summary>KL(p || q) = sum p log(p / q), the form of most code. Its least value is 0.</summary>
    KullbackLeibler,
}
