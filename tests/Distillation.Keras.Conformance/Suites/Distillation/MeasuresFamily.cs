using Distillation.Keras.Backend;
using Distillation.Keras.Measures;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance.Suites.Distillation;

/// <summary>Measures on arrays: calibration, agreement, McNemar's test, the share of the gap that was closed.</summary>
internal sealed class MeasuresFamily : IDistillationFamily
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Action<DistillationCase>> Objectives { get; } =
        new Dictionary<string, Action<DistillationCase>>
        {
            ["calibration"] = one =>
                one.Run(x =>
                {
                    Calibration measures = Calibration.FromLogits(x["logits"], x["labels"], (int)one.Hyper("bins"));
                    return new()
                    {
                        ["expected"] = tensor(measures.ExpectedCalibrationError),
                        ["ece"] = tensor(measures.ExpectedCalibrationError),
                        ["adaptive_ece"] = tensor(measures.AdaptiveCalibrationError),
                        ["adaptive_ece_quantile_edges"] = tensor(measures.QuantileCalibrationError),
                        ["mce"] = tensor(measures.MaximumCalibrationError),
                        ["brier"] = tensor(measures.BrierScore),
                        ["nll"] = tensor(measures.NegativeLogLikelihood),
                        ["accuracy"] = tensor(measures.Accuracy),
                        ["bin_count"] = tensor(measures.Bins.Select(b => (long)b.Count).ToArray()),
                        ["bin_confidence"] = tensor(measures.Bins.Select(b => b.Confidence).ToArray()),
                        ["bin_accuracy"] = tensor(measures.Bins.Select(b => b.Accuracy).ToArray()),
                    };
                }),
            ["agreement"] = one =>
                one.Run(x =>
                {
                    Agreement measures = Agreement.FromLogits(x["teacher"], x["student"]);
                    return new()
                    {
                        ["expected"] = tensor(measures.Top1),
                        ["top1_agreement"] = tensor(measures.Top1),
                        ["kl_teacher_student"] = tensor(measures.TeacherToStudentDivergence),
                        ["kl_student_teacher"] = tensor(measures.StudentToTeacherDivergence),
                        ["total_variation"] = tensor(measures.TotalVariation),
                    };
                }),
            ["mcnemar"] = one =>
                one.Run(x =>
                {
                    McNemarTest test = McNemarTest.FromPredictions(x["predictions_a"], x["predictions_b"], x["labels"]);
                    return new()
                    {
                        ["expected"] = tensor(test.Statistic),
                        ["unclamped"] = tensor(test.UnclampedStatistic),
                        ["only_a_right"] = tensor(test.OnlyFirstRight),
                        ["only_b_right"] = tensor(test.OnlySecondRight),
                        ["p_chi_square"] = tensor(test.ChiSquareProbability),
                        ["p_exact"] = tensor(test.ExactProbability),
                    };
                }),
            ["gap_closed"] = one =>
                one.Run(x =>
                {
                    using NumSharp.NDArray shares = GapClosed.Shares(x["baseline"], x["distilled"], x["teacher"]);
                    return new() { ["share"] = TensorConversion.ToTensor(shares) };
                }),
        };
}
