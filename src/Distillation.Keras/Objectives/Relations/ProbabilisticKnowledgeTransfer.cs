using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>
/// Probabilistic knowledge transfer: how probable sample j is in the neighbourhood of sample i is to be the same for both models, <c>Σ_i
/// Σ_j p_ij log(p_ij / q_ij)</c> with p from the teacher and q from the student.
/// </summary>
/// <remarks>
/// <para>
/// Passalis and Tefas, Learning Deep Representations with Probabilistic Knowledge Transfer, arXiv 1803.10837, section 3, with the cosine as
/// kernel: the similarity of two samples is K = (cosine + 1) / 2, and p_ij is K_ij divided by the sum of row i. The formula sums over the
/// pairs of different samples (<see cref="KnowledgeTransferReduction.Sum"/>, the default); the authors' code averages over b² entries with
/// the diagonal (<see cref="KnowledgeTransferReduction.Mean"/>), which is smaller by about b². As in that code, epsilon is added to the
/// features' lengths and to p and q in the logarithm.
/// </para>
/// <para>Immutable and safe to share.</para>
/// </remarks>
public sealed class ProbabilisticKnowledgeTransfer : RelationObjective
{
    /// <inheritdoc cref="ProbabilisticKnowledgeTransfer" path="/summary"/>
    /// <param name="teacherLayer">The teacher's layer; its output has any rank.</param>
    /// <param name="studentLayer">The student's layer; its output has any rank and width.</param>
    /// <param name="reduction">The paper's sum without the diagonal, or the code's mean with it.</param>
    /// <param name="epsilon">Positive; what keeps quotients and logarithms finite.</param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public ProbabilisticKnowledgeTransfer(
        LayerReference teacherLayer,
        LayerReference studentLayer,
        KnowledgeTransferReduction reduction = KnowledgeTransferReduction.Sum,
        double epsilon = 1e-7,
        string name = "probabilistic_knowledge_transfer"
    )
        : base(teacherLayer, studentLayer, name)
    {
        Reduction = Arguments.Defined(reduction, nameof(reduction));
        Epsilon = Arguments.Positive(epsilon);
    }

    /// <summary>Which pairs count, and how.</summary>
    public KnowledgeTransferReduction Reduction { get; }

    /// <summary>What keeps quotients and logarithms finite.</summary>
    public double Epsilon { get; }

    private protected override Tensor Rows(Tensor student, Tensor teacher)
    {
        Tensor p = Probabilities(teacher);
        Tensor q = Probabilities(student);
        Tensor rows = (p * (p.Plus(Epsilon) / q.Plus(Epsilon)).log()).sum(1L);
        double samples = student.shape[0];
        return Reduction == KnowledgeTransferReduction.Sum ? rows.Times(samples) : rows.Over(samples);
    }

    // The similarities of each sample to the others, made to sum to 1. A sample that is opposite to all others has similarities of 0, and
    // keeps them.
    private Tensor Probabilities(Tensor rows)
    {
        Tensor similarities = Vectors.Products(Vectors.Unit(rows, Epsilon)).Plus(1).Over(2).AtLeast(0);
        if (Reduction == KnowledgeTransferReduction.Sum)
        {
            similarities = similarities * eye(rows.shape[0], dtype: rows.dtype, device: rows.device).logical_not();
        }

        return similarities / similarities.sum(1, keepdim: true).AtLeast(Epsilon);
    }
}
