namespace Distillation.Keras.Teachers;

/// <summary>One output of a teacher.</summary>
/// <param name="Name">
/// Its name. Where teacher and student have several outputs of the same names, they are paired by name, otherwise by place.
/// </param>
/// <param name="Kind">What it is.</param>
/// <param name="Shape">The batch axis (unknown), for sequences the time axis, and the classes, labels or numbers.</param>
/// <remarks>Immutable.</remarks>
public sealed record TeacherOutput(string Name, TeacherOutputKind Kind, Shape Shape)
{
    /// <summary>How many classes, labels or numbers there are; <see langword="null"/> where that is unknown.</summary>
    public int? Width => Shape.Rank > 0 ? Shape[-1] : null;
}
