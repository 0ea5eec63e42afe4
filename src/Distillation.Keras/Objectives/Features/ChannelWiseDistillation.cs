using Distillation.Keras.Schedules;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>
/// Channel-wise distillation: each channel's map, softened to a distribution over the positions, is to be the teacher's: <c>T² / C · sum
/// over channels KL(softmax(t / T) || softmax(s / T))</c>.
/// </summary>
/// <remarks>
/// <para>
/// Shu, Liu, Gao, Yan and Shen, Channel-wise Knowledge Distillation for Dense Prediction, arXiv 2011.13256. T is 4 by default; code in use
/// takes values from 1 to 4. It is made for features and for the maps of logits of segmentation, where C is the number of classes.
/// </para>
/// <para>
/// Features are maps, (batch, height, width, channels), of the same shape behind the adapter, by default
/// <see cref="FeatureAdapter.Projection"/> (the authors' is a 1x1 convolution without normalisation:
/// <c>FeatureAdapter.Regressor(normalization: false)</c>). Computed in log space. Immutable and safe to share.
/// </para>
/// </remarks>
public sealed class ChannelWiseDistillation : DistillationObjective
{
    /// <summary>Makes the objective for one pair of layers.</summary>
    /// <param name="teacherLayer">The teacher's layer.</param>
    /// <param name="studentLayer">The student's layer.</param>
    /// <param name="temperature">T, positive; 4 by default.</param>
    /// <param name="adapter">What is done where the shapes differ; by default <see cref="FeatureAdapter.Projection"/>.</param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive.</exception>
    public ChannelWiseDistillation(
        LayerReference teacherLayer,
        LayerReference studentLayer,
        Schedule? temperature = null,
        FeatureAdapter? adapter = null,
        string name = "channel_wise_distillation"
    )
        : this(FeatureTerms.One(teacherLayer, studentLayer, adapter ?? FeatureAdapter.Projection), temperature, name) { }

    /// <summary>Makes the objective for several pairs of layers: the sum over them.</summary>
    /// <param name="pairs">The layers, each with its adapter.</param>
    /// <param name="temperature">T, positive; 4 by default.</param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentException">There is no pair.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive.</exception>
    public ChannelWiseDistillation(
        IReadOnlyList<FeaturePair> pairs,
        Schedule? temperature = null,
        string name = "channel_wise_distillation"
    )
        : base(name)
    {
        Features = FeatureTerms.Check(pairs);
        Temperature = Temperatures.Check(temperature ?? 4, nameof(temperature));
    }

    /// <inheritdoc/>
    public override ObjectiveNeeds Needs => ObjectiveNeeds.None;

    /// <inheritdoc/>
    public override IReadOnlyList<FeaturePair> Features { get; }

    /// <inheritdoc/>
    public override Schedule Temperature { get; }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObjectiveShapes shapes) =>
        FeatureTerms.Problems(this, shapes, FeatureRules.Maps | FeatureRules.Equal);

    /// <inheritdoc/>
    protected override Tensor Compute(ObjectiveSignals signals)
    {
        Tensor divergence = FeatureTerms.Sum(
            signals,
            FeatureRules.Maps | FeatureRules.Equal,
            (teacher, student, _) =>
                Softening.KullbackLeibler(Positions(teacher, signals.Temperature), Positions(student, signals.Temperature)).mean([1])
        );
        return divergence * Softening.Squared(signals.Temperature);
    }

    // log softmax over the positions of each channel, (batch, channels, positions).
    private static Tensor Positions(Tensor map, Tensor temperature) =>
        Softening.LogSoftmax(map.flatten(1, 2).transpose(1, 2), temperature.dim() == 0 ? temperature : temperature.unsqueeze(2));
}
