using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>
/// Overhauled feature distillation: the student's values before the ReLU are to be the teacher's, <c>t' = max(t, m)</c> with a margin m
/// below 0 for each channel, by a partial L2 distance:
/// <c>(s - t')²</c>, but 0 where s ≤ t' ≤ 0, as both are cut off there anyway.
/// </summary>
/// <remarks>
/// <para>
/// Heo et al., A Comprehensive Overhaul of Feature Distillation, arXiv 1904.01866, its margin ReLU and partial L2 distance: a sum over the
/// elements. The authors' code divides it by 1000 and by 2, 4 and so on for earlier layers: give that as the term's weight.
/// </para>
/// <para>
/// The margin of a channel is the mean of the teacher's negative responses, <c>E[t | t &lt; 0]</c>. Where the teacher's layer is a
/// <c>BatchNormalization</c>, its responses are taken as normally distributed with the mean beta and the standard deviation |gamma|
/// (<see cref="Margins"/>); otherwise the margins are measured on the training samples before the first step. Where at most one response in
/// a thousand is negative, the margin is -3 standard deviations.
/// </para>
/// <para>
/// Values are taken before the layers' own activations, as with <see cref="LayerReference.BeforeActivation"/>; where the ReLU is a layer of
/// its own, give the layer in front of it. Features are maps, (batch, height, width, channels), or flat, (batch, width). Immutable and safe
/// to share: the margins belong to the fit.
/// </para>
/// </remarks>
public sealed class OverhaulFeatureDistillation : DistillationObjective
{
    /// <summary>Makes the objective for one pair of layers.</summary>
    /// <param name="teacherLayer">The teacher's layer, whose values before its own activation are taken.</param>
    /// <param name="studentLayer">The student's layer, likewise.</param>
    /// <param name="reduction">How the elements' values become one: the sum, as in the equation.</param>
    /// <param name="adapter">
    /// The paper's student transform; by default <see cref="FeatureAdapter.Projection"/>, its 1x1 convolution with batch normalisation.
    /// </param>
    /// <param name="channelMargins">
    /// The margin of each of the teacher's channels, not above 0; by default they are found as said above.
    /// </param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public OverhaulFeatureDistillation(
        LayerReference teacherLayer,
        LayerReference studentLayer,
        ElementReduction reduction = ElementReduction.Sum,
        FeatureAdapter? adapter = null,
        IReadOnlyList<double>? channelMargins = null,
        string name = "overhaul_feature_distillation"
    )
        : this(FeatureTerms.One(teacherLayer, studentLayer, adapter ?? FeatureAdapter.Projection), reduction, name)
    {
        ChannelMargins = [.. channelMargins ?? []];
        foreach (double margin in ChannelMargins)
        {
            if (!(margin <= 0) || !Arguments.IsFinite(margin))
            {
                throw new ArgumentOutOfRangeException(
                    nameof(channelMargins),
                    margin,
                    "A margin is a mean of negative responses: a finite number that is not above 0."
                );
            }
        }
    }

    /// <summary>Makes the objective for several pairs of layers: the sum over them.</summary>
    /// <param name="pairs">The layers, whose values before their own activations are taken, each with its adapter.</param>
    /// <param name="reduction">How the elements' values become one: the sum, as in the equation.</param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentException">There is no pair.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public OverhaulFeatureDistillation(
        IReadOnlyList<FeaturePair> pairs,
        ElementReduction reduction = ElementReduction.Sum,
        string name = "overhaul_feature_distillation"
    )
        : base(name)
    {
        Features = FeatureTerms.BeforeActivation(FeatureTerms.Check(pairs));
        Reduction = Arguments.Defined(reduction, nameof(reduction));
        ChannelMargins = [];
    }

    /// <inheritdoc/>
    public override ObjectiveNeeds Needs => ObjectiveNeeds.None;

    /// <inheritdoc/>
    public override IReadOnlyList<FeaturePair> Features { get; }

    /// <summary>How the elements' values become one.</summary>
    public ElementReduction Reduction { get; }

    /// <summary>The margins that were given; empty where they are found.</summary>
    public IReadOnlyList<double> ChannelMargins { get; }

    /// <summary>
    /// E[x | x &lt; 0] of normally distributed responses; -3 standard deviations where at most one in a thousand is negative.
    /// </summary>
    /// <param name="mean">The mean of each channel, (channels): beta of a batch normalisation.</param>
    /// <param name="standardDeviation">Their standard deviations, (channels), not negative: |gamma|.</param>
    /// <returns>(channels), float64, not above 0. The caller owns it.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor Margins(Tensor mean, Tensor standardDeviation)
    {
        TensorGuard.Numbers(mean);
        TensorGuard.Numbers(standardDeviation);
        if (!mean.shape.AsSpan().SequenceEqual(standardDeviation.shape))
        {
            throw new ArgumentException(
                $"There is one mean and one standard deviation a channel, but the shapes are {Shape.FromSizes(mean.shape)} and "
                    + $"{Shape.FromSizes(standardDeviation.shape)}.",
                nameof(standardDeviation)
            );
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Tensor mu = mean.to(ScalarType.Float64);

        // A channel whose gamma is 0 always gives its mean; the quotient is to stay a number.
        Tensor sigma = standardDeviation.to(ScalarType.Float64).AtLeast(1e-12);
        Tensor z = mu / sigma;
        Tensor share = erfc(z.Over(Math.Sqrt(2))).Over(2);
        Tensor density = z.Squared().Over(-2).exp().Over(Math.Sqrt(2 * Math.PI));
        Tensor seldom = share.IsAtMost(BoundOverhaul.Seldom);
        return where(seldom, sigma.Times(-3), mu - (sigma * density / where(seldom, ones_like(share), share))).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObjectiveShapes shapes)
    {
        foreach (string problem in FeatureTerms.Problems(this, shapes, FeatureRules.Equal))
        {
            yield return problem;
        }

        if (ChannelMargins.Count > 0 && shapes.Features[0].Teacher is { Rank: >= 2 } teacher && teacher[-1] != ChannelMargins.Count)
        {
            yield return $"OverhaulFeatureDistillation '{Name}': There is one margin for each of the teacher's channels, but "
                + $"{ChannelMargins.Count} margins were given and the teacher's {Features[0].Teacher} has the shape {teacher}. Give as "
                + "many, or none.";
        }
    }

    /// <inheritdoc/>
    public override BoundObjective Bind(ObjectiveBinding binding)
    {
        ArgumentNullException.ThrowIfNull(binding);
        return new BoundOverhaul(this, binding);
    }
}
