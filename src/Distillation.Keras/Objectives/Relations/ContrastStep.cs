using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>What a step of contrastive representation distillation gives.</summary>
/// <param name="StudentAnchor">The loss of the student's anchors against the teacher's memory, (rows,).</param>
/// <param name="TeacherAnchor">The loss of the teacher's anchors against the student's memory, (rows,).</param>
/// <param name="StudentEmbedding">(rows, size).</param>
/// <param name="TeacherEmbedding">(rows, size).</param>
/// <param name="LogNormalizers">log Z of both anchors, (2,).</param>
internal sealed record ContrastStep(
    Tensor StudentAnchor,
    Tensor TeacherAnchor,
    Tensor StudentEmbedding,
    Tensor TeacherEmbedding,
    Tensor LogNormalizers
);
