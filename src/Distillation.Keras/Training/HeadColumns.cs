using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>Where the signals of an output are among a batch's per-sample tensors (<c>Batch.Y</c>); -1: they are not.</summary>
/// <param name="Logits">The teacher's logits, or its numbers.</param>
/// <param name="Decision">The teacher's classes; of numbers there are none.</param>
/// <param name="Labels">The labels as given, or the targets of numbers.</param>
/// <param name="Classes">The classes of the labels; of numbers there are none.</param>
/// <param name="Known">1 where there is a label.</param>
internal sealed record HeadColumns(int Logits, int Decision, int Labels, int Classes, int Known)
{
    /// <summary>The column of a batch, or <see langword="null"/>.</summary>
    public static Tensor? Of(Batch batch, int column) => column < 0 ? null : batch.Targets[column];
}
