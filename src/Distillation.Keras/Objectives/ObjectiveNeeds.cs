namespace Distillation.Keras.Objectives;

/// <summary>Which signals, beside features, an objective computes from.</summary>
[Flags]
public enum ObjectiveNeeds
{
    /// <summary>None: features alone.</summary>
    None = 0,

    /// <summary>z, the student's logits.</summary>
    StudentLogits = 1,

    /// <summary>
    /// v, the teacher's logits. An objective that needs neither these nor features of the teacher works without a teacher.
    /// </summary>
    TeacherLogits = 2,

    /// <summary>The labels. A sample without a label does not count for such an objective.</summary>
    Labels = 4,

    /// <summary>Which sample of the transfer set each row is, for memory banks.</summary>
    SampleIndices = 8,
}
