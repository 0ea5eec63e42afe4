using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>
/// Formulas on softened logits that several objectives are made of. All stay in log space: finite, value and gradient, for logits of any
/// size.
/// </summary>
/// <remarks>A temperature is a scalar, or (rows, 1) where each row has its own.</remarks>
internal static class Softening
{
    /// <summary>log softmax(z / T) along the last axis.</summary>
    public static Tensor LogSoftmax(Tensor logits, Tensor temperature) => nn.functional.log_softmax(logits / temperature, -1);

    /// <summary>KL(p || q) = sum p (log p - log q), one value a row.</summary>
    /// <param name="logP">log p, (rows, classes).</param>
    /// <param name="logQ">log q, (rows, classes).</param>
    public static Tensor KullbackLeibler(Tensor logP, Tensor logQ) => (logP.exp() * (logP - logQ)).sum(-1);

    /// <summary>CE(p, q) = -sum p log q, one value a row.</summary>
    /// <param name="logP">log p, (rows, classes).</param>
    /// <param name="logQ">log q, (rows, classes).</param>
    public static Tensor CrossEntropy(Tensor logP, Tensor logQ) => (logP.exp() * logQ).sum(-1).neg();

    /// <summary>T², one value a row or a scalar: what keeps the gradient's size independent of T.</summary>
    public static Tensor Squared(Tensor temperature) => temperature.dim() == 0 ? temperature.Squared() : temperature.squeeze(-1).Squared();

    /// <summary>The crossentropy of labels, one value a row.</summary>
    /// <param name="logits">z, (rows, classes).</param>
    /// <param name="labels">Classes, int64 (rows,), or class probabilities (rows, classes).</param>
    public static Tensor HardCrossEntropy(Tensor logits, Tensor labels) =>
        labels.dim() == 1
            ? nn.functional.cross_entropy(logits, labels, reduction: nn.Reduction.None)
            : (labels.to(logits.dtype) * nn.functional.log_softmax(logits, -1)).sum(-1).neg();
}
