namespace Distillation.Keras.Objectives;

/// <summary>A layer of the teacher and the layer of the student that is to be like it.</summary>
/// <remarks>Immutable.</remarks>
public sealed class FeaturePair
{
    /// <summary>A pair of layers.</summary>
    /// <param name="teacher">The teacher's layer.</param>
    /// <param name="student">The student's layer.</param>
    /// <param name="adapter">What is done where their shapes differ; by default nothing, the objective gets both as they are.</param>
    public FeaturePair(LayerReference teacher, LayerReference student, FeatureAdapter? adapter = null)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(student);
        Teacher = teacher;
        Student = student;
        Adapter = adapter ?? FeatureAdapter.None;
    }

    /// <summary>The teacher's layer.</summary>
    public LayerReference Teacher { get; }

    /// <summary>The student's layer.</summary>
    public LayerReference Student { get; }

    /// <summary>What is done where their shapes differ.</summary>
    public FeatureAdapter Adapter { get; }

    /// <inheritdoc/>
    public override string ToString() => $"teacher {Teacher} - student {Student}";
}
