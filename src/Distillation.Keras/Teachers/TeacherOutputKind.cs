namespace Distillation.Keras.Teachers;

/// <summary>What an output of a teacher is.</summary>
public enum TeacherOutputKind
{
    /// <summary>Logits of classes, of which one is right: (batch, classes) before the softmax.</summary>
    ClassLogits,

    /// <summary>Logits of labels, each of which is right or not: (batch, labels) before the sigmoids.</summary>
    LabelLogits,

    /// <summary>The numbers of a regression, (batch, numbers).</summary>
    Numbers,

    /// <summary>Logits or numbers: a model that ends without an activation does not tell. The student's output and its loss do.</summary>
    Linear,
}
