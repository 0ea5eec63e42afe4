using Distillation.Keras.Objectives;
using TorchSharp;

namespace Distillation.Keras.Conformance.Suites.Distillation;

/// <summary>How the samples of a batch relate to each other: similarities, neighbourhoods, distances and angles, correlations.</summary>
internal sealed class RelationsFamily : IDistillationFamily
{
    private const string Teacher = "teacher";
    private const string Student = "student";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Action<DistillationCase>> Objectives { get; } =
        new Dictionary<string, Action<DistillationCase>>
        {
            ["similarity_preserving"] = one => Run(one, new SimilarityPreserving(Teacher, Student)),
            ["pkt"] = ProbabilisticTransfer,
            ["rkd_distance"] = one =>
                Run(one, new RelationalKnowledgeDistillation(Teacher, Student, 1, 0, Tuples(one), one.Hyper("delta"))),
            ["rkd_angle"] = one => Run(one, new RelationalKnowledgeDistillation(Teacher, Student, 0, 1, Tuples(one), one.Hyper("delta"))),
            ["rkd_both"] = one =>
                Run(
                    one,
                    new RelationalKnowledgeDistillation(
                        Teacher,
                        Student,
                        one.Hyper("w_distance"),
                        one.Hyper("w_angle"),
                        Tuples(one),
                        one.Hyper("delta")
                    )
                ),
            ["correlation_congruence"] = one =>
                Run(one, new CorrelationCongruence(Teacher, Student, Kernel(one), one.Hyper("gamma"), (int)one.Hyper("order"))),
            ["correlation_consecutive"] = one => Run(one, new CorrelationCongruence(Teacher, Student, CorrelationKernel.Consecutive)),
        };

    private static void Run(DistillationCase one, DistillationObjective objective, double? absolute = null) =>
        one.Run(
            x =>
                new()
                {
                    ["expected"] = DistillationCase.Value(
                        objective,
                        new ObjectiveSignals { StudentFeatures = [x["student"]], TeacherFeatures = [x["teacher"]] },
                        x.DType
                    ),
                },
            absolute
        );

    // Where student and teacher are the same, epsilon is all that there is: the README's absolute tolerance.
    private static void ProbabilisticTransfer(DistillationCase one)
    {
        KnowledgeTransferReduction reduction = one.HyperText("variant") switch
        {
            "paper" => KnowledgeTransferReduction.Sum,
            "mean" => KnowledgeTransferReduction.Mean,
            string other => throw new UnsupportedException($"the library has no variant '{other}' of probabilistic knowledge transfer"),
        };
        bool identical =
            one.Array("student").shape.SequenceEqual(one.Array("teacher").shape)
            && one.Array("student").eq(one.Array("teacher")).all().ToBoolean();
        Run(one, new ProbabilisticKnowledgeTransfer(Teacher, Student, reduction, one.Hyper("eps")), identical ? 1e-5 : null);
    }

    private static RelationalTuples Tuples(DistillationCase one) =>
        one.HyperText("variant") switch
        {
            "distinct" => RelationalTuples.Distinct,
            "all" => RelationalTuples.All,
            string other => throw new UnsupportedException($"the library has no variant '{other}' of relational knowledge distillation"),
        };

    private static CorrelationKernel Kernel(DistillationCase one) =>
        one.HyperText("kernel") switch
        {
            "gaussian" => CorrelationKernel.Gaussian,
            "bilinear" => CorrelationKernel.Bilinear,
            string other => throw new UnsupportedException($"the library has no correlation kernel '{other}'"),
        };
}
