using Distillation.Keras;
using Distillation.Keras.Objectives;
using Distillation.Keras.Schedules;

namespace Methods;

/// <summary>
/// Every method. Objectives on logits have their authors' weights. Those on features and relations depend on the size of the features:
/// their weights bring the term to about the size of the loss on labels at the start (2.3), rounded, the same rule for all. None is tuned
/// for the result.
/// </summary>
internal static class MethodList
{
    /// <summary>The name of plain training, which all others are compared with.</summary>
    public const string Plain = "labels only";

    /// <summary>All methods, in the order of the table.</summary>
    public static IReadOnlyList<Method> All { get; } =
    [
        new(Plain, "", d => d.WithHardLossWeight(1).WithSoftLossWeight(0)),
        TeacherFree("label smoothing", "1512.00567", new LabelSmoothing(0.1)),
        TeacherFree("teacher-free (Tf-KD)", "1909.11723", new TeacherFreeRegularization()),
        new("soft targets (KD)", "1503.02531", d => d),
        new("soft targets alone", "1503.02531", d => d.WithHardLossWeight(0).WithSoftLossWeight(1)),
        new("soft targets, T from 8 to 1", "1503.02531", d => d.WithTemperature(new CosineSchedule(8, 1))),
        new("soft targets, T learnt (CTKD)", "2211.16231", d => d.WithTemperature(new LearntTemperature())),
        new("soft targets by confidence", "", d => d.WithSoftLossWeight(new PerSampleSchedule(TeacherUncertainty.Confidence, 0, 1))),
        Beside("reverse KL", "2306.13649", new ReverseKullbackLeibler(4), 0.9),
        Beside("Jensen-Shannon", "2306.13649", new JensenShannonDivergence(4), 0.9),
        Beside("logit matching", "1503.02531", new LogitMatching(), 0.1),
        Beside("decoupled (DKD)", "2203.08679", new DecoupledKnowledgeDistillation(), new WarmUpSchedule(5)),
        Beside("DIST", "2205.10536", new DistRelations(), 2),
        Beside("logit standardisation", "2403.01427", new LogitStandardization(), 9),
        Beside("weighted soft labels (WSL)", "2102.00650", new WeightedSoftLabels(), 2.5),
        Beside("your own: cosine of logits", "", new CosineOfLogits(), 4),
        Beside("hint (FitNets)", "1412.6550", new FitNetsHint("relu2", "relu2", reduction: ElementReduction.Mean), 8),
        Beside("attention (AT)", "1612.03928", Attention(), 250),
        Beside("neuron selectivity (NST)", "1707.01219", new NeuronSelectivityTransfer("relu3", "relu3"), 35),
        Beside("activation boundary (AB)", "1811.03233", new ActivationBoundary("norm3", "conv3", reduction: ElementReduction.Mean), 2),
        Beside("overhaul (OFD)", "1904.01866", new OverhaulFeatureDistillation("norm3", "conv3", reduction: ElementReduction.Mean), 2),
        Beside("factor transfer (FT)", "1802.04977", new FactorTransfer("relu3", "relu3", distance: FactorDistance.MeanAbsolute), 200),
        Beside(
            "flow (FSP)",
            "CVPR 2017",
            new FlowOfSolutionProcedure(
                "relu2",
                "relu3",
                "relu2",
                "relu3",
                reduction: ElementReduction.Mean,
                adapter: FeatureAdapter.Projection
            ),
            10
        ),
        Beside(
            "variational (VID)",
            "1904.05835",
            new VariationalInformationDistillation("relu3", "relu3", reduction: ElementReduction.Mean),
            2
        ),
        Beside("knowledge review", "2104.09044", new KnowledgeReview([Pair(2), Pair(3)], midChannels: 16), 1),
        Beside("channel-wise (CWD)", "2011.13256", new ChannelWiseDistillation("relu3", "relu3"), 6),
        Beside("similarity (SP)", "1907.09682", new SimilarityPreserving("relu3", "relu3"), 1500),
        Beside("PKT", "1803.10837", new ProbabilisticKnowledgeTransfer("features", "features", KnowledgeTransferReduction.Mean), 30000),
        Beside("relational (RKD)", "1904.05068", new RelationalKnowledgeDistillation("features", "features"), 0.5),
        Beside("correlation (CC)", "1904.01802", new CorrelationCongruence("features", "features"), 125),
        Beside(
            "contrastive (CRD)",
            "1910.10699",
            new ContrastiveRepresentationDistillation("features", "features", embeddingSize: 64, negativesPerAnchor: 512),
            0.15
        ),
        new("KD + attention", "", d => d.With(Attention(), 250)),
        new(
            "KD + contrastive",
            "",
            d => d.With(new ContrastiveRepresentationDistillation("features", "features", embeddingSize: 64, negativesPerAnchor: 512), 0.15)
        ),
    ];

    // The authors' way for objectives that stand beside the labels: labels at 1, no soft targets.
    private static Method Beside(string name, string paper, DistillationObjective objective, Schedule weight) =>
        new(name, paper, d => d.WithHardLossWeight(1).WithSoftLossWeight(0).With(objective, weight));

    private static Method TeacherFree(string name, string paper, DistillationObjective objective) =>
        new(name, paper, d => d.With(objective)) { IsTeacherFree = true };

    private static AttentionTransfer Attention() =>
        new([Pair(2, FeatureAdapter.Pooling), Pair(3, FeatureAdapter.Pooling)], distance: AttentionDistance.MeanSquare);

    private static FeaturePair Pair(int stage, FeatureAdapter? adapter = null) => new($"relu{stage}", $"relu{stage}", adapter);
}
