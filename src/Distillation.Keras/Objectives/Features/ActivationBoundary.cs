using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>
/// Activation boundaries: each of the student's neurons is to be active where the teacher's is, with a margin m: <c>(s + m)²</c> where t is
/// not active and s is above -m,
/// <c>(s - m)²</c> where t is active and s is not above m, otherwise 0.
/// </summary>
/// <remarks>
/// <para>
/// Heo, Lee, Yun and Choi, Knowledge Transfer via Distillation of Activation Boundaries Formed by Hidden Neurons, arXiv 1811.03233, its
/// alternative loss with a margin: a sum over the elements. The authors' code then multiplies by 3/1000, and by 1/2, 1/4 and so on for
/// earlier layers: give that as the term's weight.
/// </para>
/// <para>
/// t and s are values before the ReLU. So of the layers that are given, the values before their own activation are taken, as with
/// <see cref="LayerReference.BeforeActivation"/>; where the ReLU is a layer of its own, give that or the one in front of it. The paper's
/// connector, a 1x1 convolution with batch normalisation, is <see cref="FeatureAdapter.Projection"/>. Features are maps, (batch, height,
/// width, channels), or flat, (batch, width). Immutable and safe to share.
/// </para>
/// </remarks>
public sealed class ActivationBoundary : DistillationObjective
{
    /// <summary>Makes the objective for one pair of layers.</summary>
    /// <param name="teacherLayer">The teacher's layer, whose values before its own activation are taken.</param>
    /// <param name="studentLayer">The student's layer, likewise.</param>
    /// <param name="margin">m, positive; 1 in the paper.</param>
    /// <param name="reduction">How the elements' values become one: the sum, as in the equation.</param>
    /// <param name="adapter">The connector; by default <see cref="FeatureAdapter.Projection"/>.</param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public ActivationBoundary(
        LayerReference teacherLayer,
        LayerReference studentLayer,
        double margin = 1,
        ElementReduction reduction = ElementReduction.Sum,
        FeatureAdapter? adapter = null,
        string name = "activation_boundary"
    )
        : this(FeatureTerms.One(teacherLayer, studentLayer, adapter ?? FeatureAdapter.Projection), margin, reduction, name) { }

    /// <summary>Makes the objective for several pairs of layers: the sum over them.</summary>
    /// <param name="pairs">The layers, whose values before their own activations are taken, each with its adapter.</param>
    /// <param name="margin">m, positive; 1 in the paper.</param>
    /// <param name="reduction">How the elements' values become one: the sum, as in the equation.</param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentException">There is no pair.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public ActivationBoundary(
        IReadOnlyList<FeaturePair> pairs,
        double margin = 1,
        ElementReduction reduction = ElementReduction.Sum,
        string name = "activation_boundary"
    )
        : base(name)
    {
        Features = FeatureTerms.BeforeActivation(FeatureTerms.Check(pairs));
        Margin = Arguments.Positive(margin);
        Reduction = Arguments.Defined(reduction, nameof(reduction));
    }

    /// <inheritdoc/>
    public override ObjectiveNeeds Needs => ObjectiveNeeds.None;

    /// <inheritdoc/>
    public override IReadOnlyList<FeaturePair> Features { get; }

    /// <summary>m, how far behind the boundary the student's values are to be.</summary>
    public double Margin { get; }

    /// <summary>How the elements' values become one.</summary>
    public ElementReduction Reduction { get; }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObjectiveShapes shapes) => FeatureTerms.Problems(this, shapes, FeatureRules.Equal);

    /// <inheritdoc/>
    protected override Tensor Compute(ObjectiveSignals signals) =>
        FeatureTerms.Sum(
            signals,
            FeatureRules.Equal,
            (teacher, student, _) =>
            {
                // How far the student's value is on the wrong side of its margin.
                Tensor miss = where(teacher.gt(zeros_like(teacher)), student.neg(), student).Plus(Margin).relu();
                return Reduction.Rows(miss.Squared());
            }
        );
}
