using Distillation.Keras.Objectives;

namespace Distillation.Keras.Tests.Objectives;

/// <summary>One or several of each class of objectives, for models with the layers of <see cref="Distilling.ToyMaps.Cnn"/>.</summary>
internal static class EachObjective
{
    private static readonly Dictionary<string, Func<DistillationObjective>> Makers = new(StringComparer.Ordinal)
    {
        ["soft targets"] = () => new SoftTargets(form: SoftTargetForm.KullbackLeibler),
        ["reverse divergence"] = () => new ReverseKullbackLeibler(),
        ["Jensen-Shannon"] = () => new JensenShannonDivergence(),
        ["decoupled"] = () => new DecoupledKnowledgeDistillation(),
        ["DIST"] = () => new DistRelations(),
        ["standardized"] = () => new LogitStandardization(),
        ["weighted soft labels"] = () => new WeightedSoftLabels(),
        ["label smoothing"] = () => new LabelSmoothing(),
        ["label smoothing of others"] = () => new LabelSmoothing(spread: SmoothingSpread.OtherClasses),
        ["teacher-free"] = () => new TeacherFreeRegularization(),
        ["teacher-free softmax"] = () => new TeacherFreeRegularization(form: TeacherFreeForm.SoftmaxOfProbabilities),
        ["logits"] = () => new LogitMatching(),
        ["labels"] = () => new MultiLabelSoftTargets(),
        ["hint"] = () => new FitNetsHint("conv1", "conv1"),
        ["cosine"] = () => new FitNetsHint("pool", "conv2", HintDistance.Cosine),
        ["attention"] = () =>
            new AttentionTransfer([
                new FeaturePair("conv1", "conv1", FeatureAdapter.Pooling),
                new FeaturePair("conv2", "conv2", FeatureAdapter.Pooling),
            ]),
        ["neuron selectivity"] = () => new NeuronSelectivityTransfer("conv1", "conv1"),
        ["Gaussian neuron selectivity"] = () => new NeuronSelectivityTransfer("conv1", "conv1", NeuronSelectivityKernel.Gaussian),
        ["activation boundary"] = () => new ActivationBoundary("conv1", "conv1"),
        ["overhaul"] = () => new OverhaulFeatureDistillation("conv1", "conv1"),
        ["overhaul with margins"] = () =>
            new OverhaulFeatureDistillation("conv1", "conv1", channelMargins: [-0.1, -0.2, -0.1, -0.3, -0.1, -0.2]),
        ["variational information"] = () => new VariationalInformationDistillation("conv1", "conv1"),
        ["mean variational information"] = () => new VariationalInformationDistillation("conv1", "conv1", reduction: ElementReduction.Mean),
        ["variational information of flat features"] = () => new VariationalInformationDistillation("pool", "pool"),
        ["channel-wise"] = () => new ChannelWiseDistillation("conv1", "conv1", 1),
        ["factor transfer"] = () => new FactorTransfer("conv2", "conv2"),
        ["flow"] = () => new FlowOfSolutionProcedure("conv1", "conv2", "conv1", "conv2", adapter: FeatureAdapter.Projection),
        ["review"] = () =>
            new KnowledgeReview([
                new("conv1", "conv1"),
                new(LayerReference.BeforeActivation("conv2"), LayerReference.BeforeActivation("conv2")),
                new("pool", "pool"),
            ]),
        ["contrast of classes"] = () => new ContrastiveRepresentationDistillation("pool", "pool", embeddingSize: 4, negativesPerAnchor: 6),
        ["contrast of samples"] = () =>
            new ContrastiveRepresentationDistillation(
                "pool",
                "pool",
                embeddingSize: 4,
                negativesPerAnchor: 6,
                negatives: ContrastiveNegatives.OtherSamples,
                studentNormalizer: 2
            ),
        ["correlation congruence"] = () => new CorrelationCongruence("pool", "pool"),
        ["probabilistic"] = () => new ProbabilisticKnowledgeTransfer("pool", "pool"),
        ["relational"] = () => new RelationalKnowledgeDistillation("pool", "pool"),
        ["relational, all tuples"] = () => new RelationalKnowledgeDistillation("pool", "pool", tuples: RelationalTuples.All),
        ["similarities"] = () => new SimilarityPreserving("pool", "pool"),
    };

    /// <summary>Their names.</summary>
    public static IEnumerable<string> Names => Makers.Keys;

    /// <summary>A new one.</summary>
    public static DistillationObjective Of(string name) => Makers[name]();
}
