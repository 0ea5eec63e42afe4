using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>
/// Base of the objectives that compare how the samples of a batch relate to each other: what one layer of the teacher and one of the
/// student say about it.
/// </summary>
/// <remarks>
/// Features of any rank are flattened, one row a sample, and the two layers may differ in width. Row i of the result is what is wrong with
/// sample i's relations to the others; the mean of the rows is the method's value, so that sample weights say how much a sample counts as
/// the one that others are compared with. Relations need at least two samples: on a smaller batch (the last one of an epoch may be) the
/// term is 0, with a gradient of 0. Immutable and safe to share.
/// </remarks>
public abstract class RelationObjective : DistillationObjective
{
    private readonly FeaturePair[] _pairs;

    private protected RelationObjective(LayerReference teacherLayer, LayerReference studentLayer, string name)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(teacherLayer);
        ArgumentNullException.ThrowIfNull(studentLayer);
        TeacherLayer = teacherLayer;
        StudentLayer = studentLayer;
        _pairs = [new FeaturePair(teacherLayer, studentLayer)];
    }

    /// <summary>The teacher's layer.</summary>
    public LayerReference TeacherLayer { get; }

    /// <summary>The student's layer.</summary>
    public LayerReference StudentLayer { get; }

    /// <inheritdoc/>
    public override ObjectiveNeeds Needs => ObjectiveNeeds.None;

    /// <inheritdoc/>
    public override IReadOnlyList<FeaturePair> Features => _pairs;

    /// <inheritdoc/>
    protected override Tensor Compute(ObjectiveSignals signals)
    {
        ArgumentNullException.ThrowIfNull(signals);
        Tensor student = Vectors.Rows(signals.StudentFeatures[0]);
        Tensor teacher = Vectors.Rows(signals.TeacherFeatures[0].detach()).to(student.dtype);
        return student.shape[0] < 2 ? student.Times(0).sum(1) : Rows(student, teacher);
    }

    /// <summary>One value a sample, (batch,); there are at least two samples.</summary>
    /// <param name="student">(batch, student's width).</param>
    /// <param name="teacher">(batch, teacher's width), without a gradient.</param>
    private protected abstract Tensor Rows(Tensor student, Tensor teacher);
}
