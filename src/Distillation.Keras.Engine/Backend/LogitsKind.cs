namespace Distillation.Keras.Backend;

/// <summary>What made probabilities out of logits.</summary>
internal enum LogitsKind
{
    /// <summary>softmax along an axis.</summary>
    Softmax,

    /// <summary>The logistic function.</summary>
    Sigmoid,
}
