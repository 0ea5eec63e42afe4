using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>
/// Attention transfer: where the student's channels are active is to be where the teacher's are: <c>||Qs / ||Qs|| - Qt / ||Qt|| ||</c> with
/// <c>Q = sum over channels |A|^p</c>.
/// </summary>
/// <remarks>
/// <para>
/// Zagoruyko and Komodakis, Paying More Attention to Attention, arXiv 1612.03928, equation 2. The paper multiplies the sum over pairs of
/// layers by β/2: give that as the term's weight. Its β of 1000 goes with the distance of the authors' code,
/// <see cref="AttentionDistance.MeanSquare"/>: <c>With(new AttentionTransfer("t", "s", distance: AttentionDistance.MeanSquare), 500)</c>.
/// The authors' code averages over the channels where the paper sums: the same after normalisation.
/// </para>
/// <para>
/// Features are maps, (batch, height, width, channels), of any number of channels. Where height and width differ, the larger map is
/// averaged to the smaller one (<see cref="FeatureAdapter.Pooling"/>). A map of zeros stays zero and gets no gradient. Immutable and safe
/// to share.
/// </para>
/// </remarks>
public sealed class AttentionTransfer : DistillationObjective
{
    /// <summary>Makes the objective for one pair of layers.</summary>
    /// <param name="teacherLayer">The teacher's layer.</param>
    /// <param name="studentLayer">The student's layer.</param>
    /// <param name="p">The power of the activations, at least 1; 2 in the paper.</param>
    /// <param name="map">How channels become one map.</param>
    /// <param name="distance">How maps are compared.</param>
    /// <param name="adapter">What is done where height and width differ; by default <see cref="FeatureAdapter.Pooling"/>.</param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public AttentionTransfer(
        LayerReference teacherLayer,
        LayerReference studentLayer,
        double p = 2,
        AttentionMap map = AttentionMap.Sum,
        AttentionDistance distance = AttentionDistance.Norm,
        FeatureAdapter? adapter = null,
        string name = "attention_transfer"
    )
        : this(FeatureTerms.One(teacherLayer, studentLayer, adapter ?? FeatureAdapter.Pooling), p, map, distance, name) { }

    /// <summary>Makes the objective for several pairs of layers: the sum over them.</summary>
    /// <param name="pairs">The layers, each with its adapter: <see cref="FeatureAdapter.Pooling"/> where height and width differ.</param>
    /// <param name="p">The power of the activations, at least 1; 2 in the paper.</param>
    /// <param name="map">How channels become one map.</param>
    /// <param name="distance">How maps are compared.</param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentException">There is no pair.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public AttentionTransfer(
        IReadOnlyList<FeaturePair> pairs,
        double p = 2,
        AttentionMap map = AttentionMap.Sum,
        AttentionDistance distance = AttentionDistance.Norm,
        string name = "attention_transfer"
    )
        : base(name)
    {
        Features = FeatureTerms.Check(pairs);
        P =
            p >= 1 && Arguments.IsFinite(p)
                ? p
                : throw new ArgumentOutOfRangeException(
                    nameof(p),
                    p,
                    "p is a finite number of at least 1: below, |A|^p has an infinite derivative at 0."
                );
        Map = Arguments.Defined(map, nameof(map));
        Distance = Arguments.Defined(distance, nameof(distance));
    }

    /// <inheritdoc/>
    public override ObjectiveNeeds Needs => ObjectiveNeeds.None;

    /// <inheritdoc/>
    public override IReadOnlyList<FeaturePair> Features { get; }

    /// <summary>The power of the activations.</summary>
    public double P { get; }

    /// <summary>How channels become one map.</summary>
    public AttentionMap Map { get; }

    /// <summary>How maps are compared.</summary>
    public AttentionDistance Distance { get; }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObjectiveShapes shapes) =>
        FeatureTerms.Problems(this, shapes, FeatureRules.Maps | FeatureRules.Sizes);

    /// <inheritdoc/>
    protected override Tensor Compute(ObjectiveSignals signals) =>
        FeatureTerms.Sum(
            signals,
            FeatureRules.Maps | FeatureRules.Sizes,
            (teacher, student, _) =>
            {
                Tensor squares = (Attention(student) - Attention(teacher)).Squared();
                return Distance switch
                {
                    AttentionDistance.Norm => FeatureTerms.Root(squares.sum(1L)),
                    AttentionDistance.SquaredNorm => squares.sum(1L),
                    _ => squares.mean([1]),
                };
            }
        );

    // Q / ||Q||, (batch, positions).
    private Tensor Attention(Tensor feature)
    {
        // Q / ||Q|| does not depend on the map's scale. Without it, high powers neither overflow nor vanish in float32.
        Tensor scale = feature.detach().abs().amax([1, 2, 3], keepdim: true);
        Tensor a = feature / where(scale.eq(zeros_like(scale)), ones_like(scale), scale);
        Tensor powers = P == 2 ? a.Squared() : Power(a.abs());
        return Vectors.Unit((Map == AttentionMap.Sum ? powers.sum(-1L) : powers.amax(-1)).flatten(1));
    }

    private Tensor Power(Tensor x) => P == 1 ? x : x.ToThePower(P);
}
