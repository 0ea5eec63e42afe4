namespace Distillation.Keras;

/// <summary>What an output of a classifier ends in.</summary>
internal enum OutputActivation
{
    /// <summary>Logits.</summary>
    Logits,

    /// <summary>A softmax over classes.</summary>
    Softmax,

    /// <summary>A sigmoid for each label.</summary>
    Sigmoid,
}
