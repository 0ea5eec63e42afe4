namespace MnistDistillation;

/// <summary>A way to train the student: one row of the table.</summary>
/// <param name="Short">What the text below the table calls it.</param>
/// <param name="Labels">How many of the training images have a label, the first ones.</param>
/// <param name="HasTeacher">Whether the teacher labels all images.</param>
internal sealed record StudentRow(string Short, int Labels, bool HasTeacher)
{
    /// <summary>What the table calls it.</summary>
    public string Name => $"student, {Short}";
}
