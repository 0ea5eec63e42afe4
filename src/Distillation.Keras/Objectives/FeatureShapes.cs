namespace Distillation.Keras.Objectives;

/// <summary>The shapes of a pair of features as the objective gets them, behind the adapter; the batch axis first, unknown.</summary>
/// <param name="Pair">Which layers they are of.</param>
/// <param name="Teacher">The teacher's: (batch, height, width, channels) or (batch, width).</param>
/// <param name="Student">The student's.</param>
public sealed record FeatureShapes(FeaturePair Pair, Shape Teacher, Shape Student)
{
    /// <summary>Whether both are maps, (batch, height, width, channels).</summary>
    public bool AreMaps => Teacher.Rank == 4 && Student.Rank == 4;
}
