using Distillation.Keras.Objectives;
using Distillation.Keras.Training;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance.Suites.Distillation;

/// <summary>Other divergences of logits, decoupled and relational ones, standardised logits, smoothed and multiple labels.</summary>
internal sealed class RefinedLogitsFamily : IDistillationFamily
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Action<DistillationCase>> Objectives { get; } =
        new Dictionary<string, Action<DistillationCase>>
        {
            ["kl_reverse"] = one =>
                one.Run(x =>
                    new()
                    {
                        ["expected"] = Value(new ReverseKullbackLeibler(one.Hyper("T"), scaleByTemperatureSquared: one.IsScaled), x),
                        ["unscaled"] = Value(new ReverseKullbackLeibler(one.Hyper("T"), scaleByTemperatureSquared: false), x),
                        ["rows"] = DistillationCase
                            .Bind(new ReverseKullbackLeibler(one.Hyper("T"), scaleByTemperatureSquared: false), Signals(x), x.DType)
                            .Compute(Signals(x), 0, 1),
                    }
                ),
            ["jensen_shannon"] = one =>
                one.Run(x =>
                    new()
                    {
                        ["expected"] = Value(
                            new JensenShannonDivergence(one.Hyper("T"), one.Hyper("beta"), scaleByTemperatureSquared: one.IsScaled),
                            x
                        ),
                        ["unscaled"] = Value(
                            new JensenShannonDivergence(one.Hyper("T"), one.Hyper("beta"), scaleByTemperatureSquared: false),
                            x
                        ),
                    }
                ),
            ["logit_mse"] = one =>
                one.Run(x =>
                    new()
                    {
                        ["expected"] = Value(
                            new LogitMatching(
                                one.HyperText("reduction") switch
                                {
                                    "mean" => ElementReduction.Mean,
                                    "sum" => ElementReduction.Sum,
                                    "half" => ElementReduction.HalfSum,
                                    string other => throw new FixtureException($"There is no reduction '{other}'."),
                                }
                            ),
                            x
                        ),
                    }
                ),
            ["dkd"] = one => one.Run(x => Decoupled(one, x)),
            ["dist"] = one =>
                one.Run(
                    x =>
                        new()
                        {
                            ["expected"] = Value(Dist(one, one.Hyper("beta"), one.Hyper("gamma"), true), x),
                            ["unscaled"] = Value(Dist(one, one.Hyper("beta"), one.Hyper("gamma"), false), x),
                            ["inter"] = Value(Dist(one, 1, 0, false), x),
                            ["intra"] = Value(Dist(one, 0, 1, false), x),
                        },
                    one.Name.StartsWith("dist_identical", StringComparison.Ordinal) ? 1e-5 : null
                ),
            ["logit_standardisation"] = one =>
                one.Run(x =>
                    new()
                    {
                        ["expected"] = Value(
                            new LogitStandardization(
                                new SoftTargets(one.Hyper("T"), SoftTargetForm.KullbackLeibler),
                                Deviation(one),
                                one.Hyper("eps")
                            ),
                            x
                        ),
                    }
                ),
            ["label_smoothing"] = one =>
                one.Run(x => new() { ["expected"] = Value(new LabelSmoothing(one.Hyper("epsilon"), Spread(one.HyperText("variant"))), x) }),
            ["teacher_free_reg"] = one => one.Run(x => TeacherFree(one, x)),
            ["multilabel"] = one => one.Run(x => MultiLabel(one, x)),
        };

    private static ObjectiveSignals Signals(DistillationInputs x) =>
        new()
        {
            StudentLogits = x["student"],
            TeacherLogits = x.Has("teacher") ? x["teacher"] : zeros(0),
            Labels = x.Has("labels") ? x["labels"] : zeros(0),
        };

    private static Tensor Value(DistillationObjective objective, DistillationInputs x) =>
        DistillationCase.Value(objective, Signals(x), x.DType);

    private static SmoothingSpread Spread(string variant) =>
        variant switch
        {
            "over_c" => SmoothingSpread.AllClasses,
            "over_c_minus_1" => SmoothingSpread.OtherClasses,
            _ => throw new FixtureException($"There is no variant '{variant}'."),
        };

    private static StandardDeviation Deviation(DistillationCase one) =>
        one.HyperText("std") switch
        {
            "sample" => StandardDeviation.Sample,
            "population" => StandardDeviation.Population,
            string other => throw new FixtureException($"There is no standard deviation '{other}'."),
        };

    private static DistRelations Dist(DistillationCase one, double beta, double gamma, bool scaled) =>
        new(beta, gamma, one.Hyper("tau"), scaled, one.Hyper("eps"));

    private static Dictionary<string, Tensor> Decoupled(DistillationCase one, DistillationInputs x)
    {
        DistillationObjective Of(double alpha, double beta)
        {
            var dkd = new DecoupledKnowledgeDistillation(alpha, beta, one.Hyper("T"));
            return one.HasHyper("std") ? new LogitStandardization(dkd, Deviation(one), one.Hyper("eps")) : dkd;
        }

        return new()
        {
            ["expected"] = Value(Of(one.Hyper("alpha"), one.Hyper("beta")), x),
            ["tckd"] = Value(Of(1, 0), x),
            ["nckd"] = Value(Of(0, 1), x),
        };
    }

    private static Dictionary<string, Tensor> TeacherFree(DistillationCase one, DistillationInputs x)
    {
        TeacherFreeRegularization Of(double alpha) =>
            new(
                one.Hyper("a"),
                alpha,
                one.Hyper("tau"),
                one.HyperText("variant") switch
                {
                    "power" => TeacherFreeForm.Power,
                    "softmax_of_probabilities" => TeacherFreeForm.SoftmaxOfProbabilities,
                    "softmax_of_probabilities_elementwise_mean" => TeacherFreeForm.SoftmaxOfProbabilitiesMean,
                    string other => throw new FixtureException($"There is no variant '{other}'."),
                }
            );
        return new()
        {
            ["expected"] = Value(Of(one.Hyper("alpha")), x),
            ["hard"] = Value(Of(0), x),
            ["regulariser"] = Value(Of(1), x),
        };
    }

    private static Dictionary<string, Tensor> MultiLabel(DistillationCase one, DistillationInputs x)
    {
        ElementReduction reduction = one.HyperText("reduction") switch
        {
            "mean" => ElementReduction.Mean,
            "sum" => ElementReduction.Sum,
            string other => throw new FixtureException($"There is no reduction '{other}'."),
        };
        var shapes = new ObjectiveShapes((int)x["student"].shape[^1], true, [], 1);
        var hard = new ObjectiveTerm(new HardLabels(null, isMultiLabel: true, reduction), "hard_loss", one.Hyper("a"), shapes, x.DType);
        var soft = new ObjectiveTerm(
            new MultiLabelSoftTargets(one.Hyper("T"), reduction: reduction),
            "soft_loss",
            one.Hyper("b"),
            shapes,
            x.DType
        );
        var found = new Dictionary<string, Tensor>
        {
            ["soft"] = Value(new MultiLabelSoftTargets(one.Hyper("T"), scaleByTemperatureSquared: false, reduction: reduction), x),
            ["kl"] = Value(new MultiLabelSoftTargets(one.Hyper("T"), SoftTargetForm.KullbackLeibler, false, reduction), x),
        };
        found["expected"] =
            hard.Part(Signals(x), RowWeights.None, 0, 1, out Tensor value)! + soft.Part(Signals(x), RowWeights.None, 0, 1, out _)!;
        found["hard"] = value;
        return found;
    }
}
