namespace Distillation.Keras.Objectives;

/// <summary>
/// Contrastive representation distillation (CRD): the student's embedding of a sample is to be told from other samples' by the teacher's
/// embedding of the same sample, and the other way round.
/// </summary>
/// <remarks>
/// <para>
/// Tian, Krishnan and Isola, Contrastive Representation Distillation, arXiv 1910.10699, section 3. Embeddings e are the l2-normalised
/// output of a dense layer for each model's feature; the teacher's embedding is trained too. Each model has a memory m with a row for each
/// sample. For an anchor of one model, with its own row of the other model's memory and K negatives' rows: <c>x = exp(m · e / tau) / Z</c>,
/// and the loss is
/// <c>-(log x0 / (x0 + K/N + eps) + sum_j log (K/N) / (xj + K/N + eps))</c>, N being the number of samples. A row of this objective is the
/// sum of the student's and the teacher's anchor. Afterwards the anchors' rows become <c>unit(momentum · old + (1 - momentum) · e)</c>.
/// </para>
/// <para>
/// Defaults are those of the authors' code: 128 dimensions, 16384 negatives, tau 0.07, momentum 0.5, eps 1e-7; Z is fixed at the first
/// batch as N times the mean of exp(m · e / tau), a constant. The authors train with a weight of 0.8 beside the loss on the labels.
/// Negatives are drawn with replacement. The code does so among all samples, the anchor too; among those of other classes, its default, it
/// draws without it where there are enough. The memories start uniform with rows of length 1 on average. A feature that is a map is
/// averaged over height and width first, so that the embedding has the size of the channels; the code takes features that are pooled
/// already.
/// </para>
/// <para>
/// The memories take 2 · N · <c>embeddingSize</c> numbers. It is computed in training only: validation samples have no rows. Immutable and
/// safe to share.
/// </para>
/// </remarks>
public sealed class ContrastiveRepresentationDistillation : DistillationObjective
{
    private readonly FeaturePair _pair;

    /// <inheritdoc cref="ContrastiveRepresentationDistillation" path="/summary"/>
    /// <param name="teacherLayer">
    /// The teacher's layer, usually the last before the classifier; (batch, width) or (batch, height, width, channels).
    /// </param>
    /// <param name="studentLayer">The student's layer.</param>
    /// <param name="embeddingSize">The number of dimensions of the embeddings.</param>
    /// <param name="negativesPerAnchor">K, how many negatives are drawn for each anchor.</param>
    /// <param name="tau">The temperature of the similarities. A constant, as Z is one.</param>
    /// <param name="momentum">The old row's part in a memory's new row, from 0 to 1.</param>
    /// <param name="negatives">
    /// Among which samples they are drawn. Other classes is the authors' default; a transfer set without labels needs
    /// <see cref="ContrastiveNegatives.OtherSamples"/>.
    /// </param>
    /// <param name="studentNormalizer">Z of the student's anchors; by default fixed at the first batch, 1: none.</param>
    /// <param name="teacherNormalizer">Z of the teacher's anchors, likewise.</param>
    /// <param name="epsilon">Added to the noise's probability in the logarithm; not negative, 1e-7 by default.</param>
    /// <param name="name">The term's name in logs and <c>History</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public ContrastiveRepresentationDistillation(
        LayerReference teacherLayer,
        LayerReference studentLayer,
        int embeddingSize = 128,
        int negativesPerAnchor = 16384,
        double tau = 0.07,
        double momentum = 0.5,
        ContrastiveNegatives negatives = ContrastiveNegatives.OtherClasses,
        double? studentNormalizer = null,
        double? teacherNormalizer = null,
        double epsilon = 1e-7,
        string name = "contrastive_representation_distillation"
    )
        : base(name)
    {
        _pair = FeatureTerms.One(teacherLayer, studentLayer, null)[0];
        EmbeddingSize = Arguments.AtLeast(1, embeddingSize);
        NegativesPerAnchor = Arguments.AtLeast(1, negativesPerAnchor);
        Tau = Arguments.Positive(tau);
        Momentum = Arguments.Within(momentum, 0, 1);
        Negatives = Arguments.Defined(negatives, nameof(negatives));
        StudentNormalizer = studentNormalizer is double s ? Arguments.Positive(s, nameof(studentNormalizer)) : null;
        TeacherNormalizer = teacherNormalizer is double t ? Arguments.Positive(t, nameof(teacherNormalizer)) : null;
        Epsilon = Arguments.NotNegative(epsilon);
        Features = [_pair];
    }

    /// <inheritdoc/>
    public override ObjectiveNeeds Needs =>
        ObjectiveNeeds.SampleIndices | (Negatives == ContrastiveNegatives.OtherClasses ? ObjectiveNeeds.Labels : ObjectiveNeeds.None);

    /// <inheritdoc/>
    public override IReadOnlyList<FeaturePair> Features { get; }

    /// <summary>True: validation samples have no rows in the memories.</summary>
    public override bool IsTrainingOnly => true;

    /// <summary>The number of dimensions of the embeddings.</summary>
    public int EmbeddingSize { get; }

    /// <summary>K, how many negatives are drawn for each anchor.</summary>
    public int NegativesPerAnchor { get; }

    /// <summary>The temperature of the similarities.</summary>
    public double Tau { get; }

    /// <summary>The old row's part in a memory's new row.</summary>
    public double Momentum { get; }

    /// <summary>Among which samples the negatives are drawn.</summary>
    public ContrastiveNegatives Negatives { get; }

    /// <summary>Z of the student's anchors, or <see langword="null"/>: fixed at the first batch.</summary>
    public double? StudentNormalizer { get; }

    /// <summary>Z of the teacher's anchors, or <see langword="null"/>: fixed at the first batch.</summary>
    public double? TeacherNormalizer { get; }

    /// <summary>What is added to the denominators.</summary>
    public double Epsilon { get; }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObjectiveShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        if (shapes.Samples is null)
        {
            yield return "A memory has one row a sample, so that their number is known before the fit, but the data come from a "
                + "DataSource. Give arrays, or take a relation within batches (SimilarityPreserving).";
        }
        else if (shapes.Samples < 2)
        {
            yield return Invariant(
                $"A contrast is between samples, so the transfer set has at least 2, but it has {shapes.Samples}. Give more data."
            );
        }
        else if (shapes.Samples > int.MaxValue)
        {
            yield return Invariant(
                $"A memory has one row a sample, at most {int.MaxValue}, but the transfer set has {shapes.Samples} samples. Take a part "
                    + $"of it, or a relation within batches (SimilarityPreserving)."
            );
        }

        if ((shapes.IsMultiLabel || shapes.IsNumeric) && Negatives == ContrastiveNegatives.OtherClasses)
        {
            yield return "Negatives of other classes come from samples of one class each, but the outputs are "
                + $"{(shapes.IsNumeric ? "numbers" : "one sigmoid a label")}. Draw them from all other samples: negatives: "
                + "ContrastiveNegatives.OtherSamples.";
        }

        foreach (
            (string model, LayerReference layer, Shape shape) in new[]
            {
                ("teacher", shapes.Features[0].Pair.Teacher, shapes.Features[0].Teacher),
                ("student", shapes.Features[0].Pair.Student, shapes.Features[0].Student),
            }
        )
        {
            if (shape.Rank is not (2 or 4) || shape[-1] is null)
            {
                yield return "An embedding is made of a flat feature, (batch, width), or a map, (batch, height, width, channels), of "
                    + $"known width or channels, but the {model}'s {layer} has the shape {shape}. Choose another layer, such as the last "
                    + "before the classifier.";
            }
        }
    }

    /// <inheritdoc/>
    public override BoundObjective Bind(ObjectiveBinding binding)
    {
        ArgumentNullException.ThrowIfNull(binding);
        return new BoundContrast(this, binding);
    }
}
