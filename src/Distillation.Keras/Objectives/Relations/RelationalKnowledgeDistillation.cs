using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>
/// Relational knowledge distillation: the student's features are to have the same distances (up to their scale) and the same angles to each
/// other as the teacher's,
/// <c>w_D · mean_ij l(ψ_S, ψ_T) + w_A · mean_ijk l(φ_S, φ_T)</c>.
/// </summary>
/// <remarks>
/// <para>
/// Park, Kim, Lu and Cho, Relational Knowledge Distillation, arXiv 1904.05068, section 3.2: ψ_ij is the distance of two samples divided by
/// the mean distance of different samples, φ_ijk the cosine of the angle at sample i between samples j and k, and l Huber's loss with delta
/// 1. The weights are 25 and 50, the paper's for classification (1 and 2 are usual for metric learning); 0 leaves a part out. The paper's
/// means are over different samples (<see cref="RelationalTuples.Distinct"/>, the default), the authors' code has
/// <see cref="RelationalTuples.All"/>.
/// </para>
/// <para>
/// Two different samples with equal features have the distance 0 and make the cosine 0; no gradient flows through their difference. The
/// angles need b² · width and b³ numbers of memory and at least three samples (with two their part is 0): take embeddings, not large maps.
/// The mean distance is of the whole batch, whatever the sample weights are.
/// </para>
/// <para>Immutable and safe to share.</para>
/// </remarks>
public sealed class RelationalKnowledgeDistillation : RelationObjective
{
    /// <inheritdoc cref="RelationalKnowledgeDistillation" path="/summary"/>
    /// <param name="teacherLayer">The teacher's layer; its output has any rank.</param>
    /// <param name="studentLayer">The student's layer; its output has any rank and width.</param>
    /// <param name="distanceWeight">w_D, not negative.</param>
    /// <param name="angleWeight">w_A, not negative.</param>
    /// <param name="tuples">Over which pairs and triples the means are taken.</param>
    /// <param name="delta">Where Huber's loss turns from squared to linear, positive.</param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    /// <exception cref="ArgumentException">Both weights are 0.</exception>
    public RelationalKnowledgeDistillation(
        LayerReference teacherLayer,
        LayerReference studentLayer,
        double distanceWeight = 25,
        double angleWeight = 50,
        RelationalTuples tuples = RelationalTuples.Distinct,
        double delta = 1,
        string name = "relational_knowledge_distillation"
    )
        : base(teacherLayer, studentLayer, name)
    {
        DistanceWeight = Arguments.NotNegative(distanceWeight);
        AngleWeight = Arguments.NotNegative(angleWeight);
        Tuples = Arguments.Defined(tuples, nameof(tuples));
        Delta = Arguments.Positive(delta);
        if (distanceWeight == 0 && angleWeight == 0)
        {
            throw new ArgumentException(
                "Distances and angles both have the weight 0, so that nothing is left. Give one of them a positive weight.",
                nameof(angleWeight)
            );
        }
    }

    /// <summary>w_D.</summary>
    public double DistanceWeight { get; }

    /// <summary>w_A.</summary>
    public double AngleWeight { get; }

    /// <summary>Over which pairs and triples the means are taken.</summary>
    public RelationalTuples Tuples { get; }

    /// <summary>Where Huber's loss turns from squared to linear.</summary>
    public double Delta { get; }

    private protected override Tensor Rows(Tensor student, Tensor teacher)
    {
        Tensor? distances = DistanceWeight == 0 ? null : DistanceRows(student, teacher).Times(DistanceWeight);
        Tensor? angles = AngleWeight == 0 ? null : AngleRows(student, teacher).Times(AngleWeight);
        return distances is null ? angles!
            : angles is null ? distances
            : distances.Plus(angles);
    }

    private Tensor DistanceRows(Tensor student, Tensor teacher)
    {
        long b = student.shape[0];
        return Huber(Distances(student), Distances(teacher)).sum(1L).Over(Tuples == RelationalTuples.All ? b : b - 1);
    }

    private Tensor AngleRows(Tensor student, Tensor teacher)
    {
        double b = student.shape[0];
        if (b < 3)
        {
            return student.Times(0).sum(1L);
        }

        Tensor values = Huber(Cosines(student), Cosines(teacher));
        return Tuples == RelationalTuples.All
            ? values.sum([1L, 2L]).Over(b * b)
            : (values * Different(student)).sum([1L, 2L]).Over((b - 1) * (b - 2));
    }

    private Tensor Huber(Tensor student, Tensor teacher) => nn.functional.huber_loss(student, teacher, Delta, nn.Reduction.None);

    // Differences, not scalar products, which lose the small distances; and no gradient where a distance is 0.
    private static Tensor Distances(Tensor rows)
    {
        double b = rows.shape[0];
        Tensor distances = cdist(rows, rows, 2, compute_mode.donot_use_mm_for_euclid_dist);
        return distances / distances.sum().Over(b * (b - 1)).AtLeast(1e-12);
    }

    // At [i, j, k] that of the angle at sample i between samples j and k; 0 where one of the two is sample i or equal to it.
    private static Tensor Cosines(Tensor rows)
    {
        Tensor differences = rows.unsqueeze(0) - rows.unsqueeze(1);

        // Equal samples whose features differ by rounding alone have no direction either: dividing by so short a difference would blow up
        // its gradient.
        double rounding = rows.dtype == ScalarType.Float64 ? 1e-15 : 1e-6;
        Tensor isZero = differences.detach().abs().amax([-1], keepdim: true).le(rows.detach().abs().max().Times(rounding));
        Tensor directions = Vectors.Unit(differences.Replaced(isZero, 0));
        return directions.matmul(directions.transpose(1, 2));
    }

    // 1 where j and k are different samples. Where one of them is i both cosines are 0 anyway.
    private static Tensor Different(Tensor rows) => eye(rows.shape[0], dtype: rows.dtype, device: rows.device).logical_not().to(rows.dtype);
}
