using Distillation.Keras;

namespace Methods;

/// <summary>One row of the table.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Paper">Where it is from.</param>
/// <param name="Make">Sets up the distiller, which has the teacher.</param>
public sealed record Method(string Name, string Paper, Func<Distiller, Distiller> Make)
{
    /// <summary>Whether it has no teacher: then <see cref="Make"/> gets a distiller without one.</summary>
    public bool IsTeacherFree { get; init; }
}
