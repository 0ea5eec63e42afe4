using Distillation.Keras.Optimizers;

namespace Distillation.Keras.Objectives;

/// <summary>
/// Factor transfer (FT): a paraphraser compresses the teacher's map to factors, a translator makes the student's factors of its map, and
/// the student is to have the same factors.
/// </summary>
/// <remarks>
/// <para>
/// Kim, Park and Kwak, Paraphrasing Complex Network: Network Compression via Factor Transfer, arXiv 1802.04977. The paraphraser is the
/// encoder of an autoencoder on the teacher's maps, trained before the student, without labels, to minimise <c>|x - P(x)|²</c>, and fixed
/// afterwards. The translator is trained with the student by <c>|F_T / |F_T|_2 - F_S / |F_S|_2|_p</c>, p = 1 by default, one value a row.
/// In the paper it compares the last groups of convolutions.
/// </para>
/// <para>
/// Encoder and translator are three 3x3 convolutions without strides, each with a leaky ReLU (slope 0.1), of which the first keeps the
/// channels and the others give <c>rate</c> · teacher channels; the decoder is their mirror image. There is no batch normalisation, as in
/// the authors' code. The code's transposed convolutions without strides are ordinary ones with the kernel turned, so the decoder has
/// ordinary ones. Factors have the height and width of the smaller of the two maps, as of <see cref="FeatureAdapter.Pooling"/>.
/// </para>
/// <para>
/// Where the code differs: it trains the paraphraser by the mean absolute error (<c>absoluteReconstruction</c>) with SGD (learning rate
/// 0.1, momentum 0.9, weight decay 5e-4) for about 5 epochs, and takes the mean over the elements instead of the norm
/// (<see cref="FactorDistance.MeanAbsolute"/>), with a weight of 500. With the norm the weight is that divided by the number of elements of
/// a factor. Immutable and safe to share.
/// </para>
/// </remarks>
public sealed class FactorTransfer : DistillationObjective
{
    private readonly Optimizer? _optimizer;

    /// <inheritdoc cref="FactorTransfer" path="/summary"/>
    /// <param name="teacherLayer">The teacher's layer, a map (batch, height, width, channels).</param>
    /// <param name="studentLayer">The student's layer, a map.</param>
    /// <param name="rate">k, the channels of the factors as a part of the teacher's channels; 0.5 is the authors' default.</param>
    /// <param name="distance">How far two factors are from each other.</param>
    /// <param name="paraphraserEpochs">How often the paraphraser sees the training samples, before the student's training.</param>
    /// <param name="paraphraserOptimizer">
    /// What trains it; each fit takes a copy without state. By default Adam with a learning rate of 0.001, which does not depend on the
    /// size of the features.
    /// </param>
    /// <param name="absoluteReconstruction">
    /// Whether the paraphraser minimises the mean absolute error, as the code, instead of the mean squared one.
    /// </param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public FactorTransfer(
        LayerReference teacherLayer,
        LayerReference studentLayer,
        double rate = 0.5,
        FactorDistance distance = FactorDistance.L1,
        int paraphraserEpochs = 5,
        Optimizer? paraphraserOptimizer = null,
        bool absoluteReconstruction = false,
        string name = "factor_transfer"
    )
        : base(name)
    {
        Features = FeatureTerms.One(teacherLayer, studentLayer, FeatureAdapter.Pooling);
        Rate = Arguments.Positive(rate);
        Distance = Arguments.Defined(distance, nameof(distance));
        ParaphraserEpochs = Arguments.AtLeast(1, paraphraserEpochs);
        AbsoluteReconstruction = absoluteReconstruction;

        // A copy, so that what happens to the given one later changes nothing here.
        _optimizer = paraphraserOptimizer?.Clone();
    }

    /// <inheritdoc/>
    public override ObjectiveNeeds Needs => ObjectiveNeeds.None;

    /// <inheritdoc/>
    public override IReadOnlyList<FeaturePair> Features { get; }

    /// <summary>k, the channels of the factors as a part of the teacher's channels.</summary>
    public double Rate { get; }

    /// <summary>How far two factors are from each other.</summary>
    public FactorDistance Distance { get; }

    /// <summary>How often the paraphraser sees the training samples.</summary>
    public int ParaphraserEpochs { get; }

    /// <summary>What trains the paraphraser: a copy without state of the one that was given, or <see langword="null"/>: Adam.</summary>
    public Optimizer? ParaphraserOptimizer => _optimizer?.Clone();

    /// <summary>Whether the paraphraser minimises the mean absolute error instead of the mean squared one.</summary>
    public bool AbsoluteReconstruction { get; }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObjectiveShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return MapRules.Problems("Factors", shapes.Features[0]);
    }

    /// <inheritdoc/>
    public override BoundObjective Bind(ObjectiveBinding binding)
    {
        ArgumentNullException.ThrowIfNull(binding);
        return new BoundFactorTransfer(this, binding);
    }

    /// <summary>The optimizer of one fit.</summary>
    internal Optimizer NewOptimizer() => ParaphraserOptimizer ?? new Adam(0.001);
}
