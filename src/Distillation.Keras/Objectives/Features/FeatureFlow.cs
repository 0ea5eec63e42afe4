namespace Distillation.Keras.Objectives;

/// <summary>A flow in both models: from one layer to a later one.</summary>
/// <remarks>Immutable.</remarks>
public sealed class FeatureFlow
{
    /// <summary>A flow.</summary>
    /// <param name="teacherFirst">The teacher's layer where it begins.</param>
    /// <param name="teacherLast">The teacher's layer where it ends.</param>
    /// <param name="studentFirst">The student's layer where it begins.</param>
    /// <param name="studentLast">The student's layer where it ends.</param>
    /// <param name="weight">lambda, its weight among the flows; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">The weight is negative or not finite.</exception>
    public FeatureFlow(
        LayerReference teacherFirst,
        LayerReference teacherLast,
        LayerReference studentFirst,
        LayerReference studentLast,
        double weight = 1
    )
    {
        ArgumentNullException.ThrowIfNull(teacherFirst);
        ArgumentNullException.ThrowIfNull(teacherLast);
        ArgumentNullException.ThrowIfNull(studentFirst);
        ArgumentNullException.ThrowIfNull(studentLast);
        TeacherFirst = teacherFirst;
        TeacherLast = teacherLast;
        StudentFirst = studentFirst;
        StudentLast = studentLast;
        Weight = Arguments.NotNegative(weight);
    }

    /// <summary>The teacher's layer where it begins.</summary>
    public LayerReference TeacherFirst { get; }

    /// <summary>The teacher's layer where it ends.</summary>
    public LayerReference TeacherLast { get; }

    /// <summary>The student's layer where it begins.</summary>
    public LayerReference StudentFirst { get; }

    /// <summary>The student's layer where it ends.</summary>
    public LayerReference StudentLast { get; }

    /// <summary>lambda, its weight among the flows.</summary>
    public double Weight { get; }

    /// <inheritdoc/>
    public override string ToString() => $"teacher {TeacherFirst} to {TeacherLast} - student {StudentFirst} to {StudentLast}";
}
