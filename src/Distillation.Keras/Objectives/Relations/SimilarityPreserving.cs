using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>
/// Similarity-preserving distillation: samples that excite the teacher alike are to excite the student alike, <c>‖G_S - G_T‖² / b²</c>.
/// </summary>
/// <remarks>
/// Tung and Mori, Similarity-Preserving Knowledge Distillation, arXiv 1907.09682, section 3: G = Q Qᵀ of the flattened features Q, (b,
/// width), with each row divided by its l2 norm (some code takes the l1 norm), and the squared Frobenius norm of the difference over b².
/// Its value is small and usually weighed with 3000:
/// <c>distiller.With(new SimilarityPreserving("conv4", "conv3"), 3000)</c>. A sample whose feature is zero is like no other. Immutable and
/// safe to share.
/// </remarks>
public sealed class SimilarityPreserving : RelationObjective
{
    /// <inheritdoc cref="SimilarityPreserving" path="/summary"/>
    /// <param name="teacherLayer">The teacher's layer; its output has any rank.</param>
    /// <param name="studentLayer">The student's layer; its output has any rank and width.</param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    public SimilarityPreserving(LayerReference teacherLayer, LayerReference studentLayer, string name = "similarity_preserving")
        : base(teacherLayer, studentLayer, name) { }

    private protected override Tensor Rows(Tensor student, Tensor teacher) =>
        (Similarities(student) - Similarities(teacher)).Squared().sum(1L).Over(student.shape[0]);

    private static Tensor Similarities(Tensor rows) => Vectors.Unit(Vectors.Products(rows));
}
