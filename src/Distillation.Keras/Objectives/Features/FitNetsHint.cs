using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>FitNets' hint: the student's feature r(s), behind a regressor r, is to be the teacher's: <c>1/2 · ||t - r(s)||²</c>.</summary>
/// <remarks>
/// <para>
/// Romero et al., FitNets: Hints for Thin Deep Nets, arXiv 1412.6550, equation 3. The regressor is the pair's adapter: by default
/// <see cref="FeatureAdapter.Projection"/>, a 1x1 convolution where the shapes differ, trained with the student and no part of it. Most
/// code takes the mean of the squared differences, which does not grow with the feature:
/// <see cref="ElementReduction.Mean"/>. It is also what <c>keras.distillation.FeatureDistillation(loss="mse")</c> computes, which has no
/// regressor.
/// </para>
/// <para>Features are maps, (batch, height, width, channels), or flat, (batch, width). Immutable and safe to share.</para>
/// </remarks>
public sealed class FitNetsHint : DistillationObjective
{
    /// <summary>Makes the objective for one pair of layers.</summary>
    /// <param name="teacherLayer">The teacher's layer.</param>
    /// <param name="studentLayer">The student's layer.</param>
    /// <param name="distance">The squared difference, as in the paper, or the cosine.</param>
    /// <param name="reduction">
    /// How the elements' values become one; by default half of the sum, as in the equation, and for the cosine the mean over the positions.
    /// </param>
    /// <param name="adapter">
    /// The regressor; by default <see cref="FeatureAdapter.Projection"/>. The paper's has no normalisation:
    /// <c>FeatureAdapter.Regressor(normalization: false)</c>.
    /// </param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public FitNetsHint(
        LayerReference teacherLayer,
        LayerReference studentLayer,
        HintDistance distance = HintDistance.SquaredError,
        ElementReduction? reduction = null,
        FeatureAdapter? adapter = null,
        string name = "fitnets_hint"
    )
        : this(FeatureTerms.One(teacherLayer, studentLayer, adapter ?? FeatureAdapter.Projection), distance, reduction, name) { }

    /// <summary>Makes the objective for several pairs of layers: the sum over them.</summary>
    /// <param name="pairs">The layers, each with its adapter.</param>
    /// <param name="distance">The squared difference, as in the paper, or the cosine.</param>
    /// <param name="reduction">
    /// How the elements' values become one; by default half of the sum, and for the cosine the mean over the positions.
    /// </param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentException">There is no pair.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public FitNetsHint(
        IReadOnlyList<FeaturePair> pairs,
        HintDistance distance = HintDistance.SquaredError,
        ElementReduction? reduction = null,
        string name = "fitnets_hint"
    )
        : base(name)
    {
        Features = FeatureTerms.Check(pairs);
        Distance = Arguments.Defined(distance, nameof(distance));
        Reduction = Arguments.Defined(
            reduction ?? (distance == HintDistance.Cosine ? ElementReduction.Mean : ElementReduction.HalfSum),
            nameof(reduction)
        );
    }

    /// <inheritdoc/>
    public override ObjectiveNeeds Needs => ObjectiveNeeds.None;

    /// <inheritdoc/>
    public override IReadOnlyList<FeaturePair> Features { get; }

    /// <summary>The squared difference or the cosine.</summary>
    public HintDistance Distance { get; }

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
                Reduction.Rows(
                    Distance == HintDistance.Cosine
                        ? (Vectors.Unit(teacher) * Vectors.Unit(student)).sum(-1L).neg().Plus(1)
                        : (student - teacher).Squared()
                )
        );
}
