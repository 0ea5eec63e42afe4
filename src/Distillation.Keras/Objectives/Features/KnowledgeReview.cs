namespace Distillation.Keras.Objectives;

/// <summary>
/// Knowledge review (ReviewKD): each stage of the student, fused with its deeper ones, is to be the teacher's stage, so that shallow stages
/// of the teacher guide deep ones of the student.
/// </summary>
/// <remarks>
/// <para>
/// Chen, Liu, Zhao and Jia, Distilling Knowledge via Knowledge Review, arXiv 2104.09044, section 3. From the deepest stage to the
/// shallowest: a 1x1 convolution with batch normalisation brings the student's map to <c>midChannels</c>; two attention maps (a 1x1
/// convolution and a sigmoid on both) add it to what the deeper stage handed on, enlarged to its size by the nearest value; the sum, in the
/// teacher's size, is handed on, and a 3x3 convolution with batch normalisation makes the teacher's channels of it (attention based
/// fusion). The result is compared with the teacher's map by the hierarchical context loss: the mean squared difference, and that of both
/// averaged to 4x4, 2x2 and 1x1 where they are larger, with the weights 1, 1/2, 1/4, 1/8 divided by their sum. The stages' losses are added
/// up, one value a row.
/// </para>
/// <para>
/// Defaults are those of the authors' code: <c>midChannels</c> is the channels of the student's deepest stage, at most 512. Its stages are
/// those of a network (before the activation: <see cref="LayerReference.BeforeActivation"/>) and the pooled feature before the classifier,
/// which counts as a map of one point. Its weights go from 0.6 to 8 and grow from 0 in the first 20 epochs. Sizes of student and teacher
/// may differ. Immutable and safe to share.
/// </para>
/// </remarks>
public sealed class KnowledgeReview : DistillationObjective
{
    /// <summary>The most channels between the modules by default.</summary>
    internal const int MostMidChannels = 512;

    /// <inheritdoc cref="KnowledgeReview" path="/summary"/>
    /// <param name="stages">
    /// The stages from shallow to deep: maps (batch, height, width, channels), or flat features (batch, width) of both. Adapters are not
    /// needed.
    /// </param>
    /// <param name="midChannels">The channels between the modules; by default those of the student's deepest stage, at most 512.</param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentException">There is no stage.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="midChannels"/> is not positive.</exception>
    public KnowledgeReview(IReadOnlyList<FeaturePair> stages, int? midChannels = null, string name = "knowledge_review")
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(stages);
        Features =
            stages.Count > 0 && !stages.Contains(null!)
                ? [.. stages]
                : throw new ArgumentException(
                    "There is at least one stage, and none of them is null. Give [new FeaturePair(\"teacher_layer\", \"student_layer\")].",
                    nameof(stages)
                );
        MidChannels = midChannels is int channels ? Arguments.AtLeast(1, channels, nameof(midChannels)) : null;
    }

    /// <inheritdoc/>
    public override ObjectiveNeeds Needs => ObjectiveNeeds.None;

    /// <summary>The stages from shallow to deep.</summary>
    public override IReadOnlyList<FeaturePair> Features { get; }

    /// <summary>The channels between the modules, or <see langword="null"/>: those of the student's deepest stage, at most 512.</summary>
    public int? MidChannels { get; }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObjectiveShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        for (int i = 0; i < shapes.Features.Count; i++)
        {
            FeatureShapes stage = shapes.Features[i];
            if (
                stage.Teacher.Rank is not (2 or 4)
                || stage.Student.Rank != stage.Teacher.Rank
                || stage.Teacher[-1] is null
                || stage.Student[-1] is null
            )
            {
                yield return "A stage is a map, (batch, height, width, channels), in both models, or a flat feature, (batch, width), in "
                    + $"both, of known channels or width, but the teacher's {stage.Pair.Teacher} has the shape {stage.Teacher} and the "
                    + $"student's {stage.Pair.Student} the shape {stage.Student}. Choose other layers.";
            }
            else if (i > 0 && Height(stage.Student) > Height(shapes.Features[i - 1].Student))
            {
                yield return "Stages go from shallow to deep, and maps do not grow on the way, but the student's "
                    + $"{shapes.Features[i - 1].Pair.Student} has the shape {shapes.Features[i - 1].Student} and the next one, "
                    + $"{stage.Pair.Student}, the shape {stage.Student}. Give the stages in the order of the model.";
            }
        }
    }

    /// <inheritdoc/>
    public override BoundObjective Bind(ObjectiveBinding binding)
    {
        ArgumentNullException.ThrowIfNull(binding);
        return new BoundKnowledgeReview(this, binding);
    }

    // Unknown where it is: the comparison is false then.
    private static int? Height(Shape feature) => feature.Rank == 4 ? feature[1] : 1;
}
