using Distillation.Keras.Objectives;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance.Suites.Distillation;

/// <summary>Soft targets: crossentropy and KL divergence.</summary>
internal sealed class SoftTargetsFamily : IDistillationFamily
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Action<DistillationCase>> Objectives { get; } =
        new Dictionary<string, Action<DistillationCase>>
        {
            ["soft_cross_entropy"] = one =>
            {
                if (one.OutputNames.Contains("gradient"))
                {
                    GradientAtLargeTemperatures(one);
                }
                else
                {
                    one.Run(x => new() { ["expected"] = Of(x, one.Hyper("T"), SoftTargetForm.CrossEntropy, one.IsScaled) });
                }
            },
            ["kl_forward"] = one =>
            {
                if (one.OutputNames.Contains("values"))
                {
                    LargeTemperatures(one);
                }
                else if (one.HasHyper("reduction"))
                {
                    Reductions(one);
                }
                else
                {
                    one.Run(x =>
                        new()
                        {
                            ["expected"] = Of(x, one.Hyper("T"), SoftTargetForm.KullbackLeibler, one.IsScaled),
                            ["unscaled"] = Of(x, one.Hyper("T"), SoftTargetForm.KullbackLeibler, false),
                            ["rows"] = DistillationCase
                                .Bind(new SoftTargets(one.Hyper("T"), SoftTargetForm.KullbackLeibler, false), Signals(x), x.DType)
                                .Compute(Signals(x), 0, 1),
                        }
                    );
                }
            },
        };

    private static ObjectiveSignals Signals(DistillationInputs x) => new() { StudentLogits = x["student"], TeacherLogits = x["teacher"] };

    private static Tensor Of(DistillationInputs x, double temperature, SoftTargetForm form, bool scaled) =>
        DistillationCase.Value(new SoftTargets(temperature, form, scaled), Signals(x), x.DType);

    private static void Reductions(DistillationCase one) =>
        one.Run(x =>
        {
            string reduction = one.HyperText("reduction");
            Tensor value = DistillationCase.Value(
                new SoftTargets(
                    one.Hyper("T"),
                    SoftTargetForm.KullbackLeibler,
                    one.IsScaled,
                    reduction switch
                    {
                        "mean" => ElementReduction.Mean,
                        "sum" or "batchmean" => ElementReduction.Sum,
                        string other => throw new FixtureException($"There is no reduction '{other}'."),
                    }
                ),
                Signals(x),
                x.DType
            );

            // A fit always averages over the rows; the sum is that many times as much.
            return new() { ["expected"] = reduction == "sum" ? value * x["student"].shape[0] : value };
        });

    private static void LargeTemperatures(DistillationCase one) =>
        one.Run(
            ScalarType.Float64,
            x =>
            {
                double[] temperatures = [.. one.Array("T").data<double>()];
                Tensor values = stack(temperatures.Select(t => Of(x, t, SoftTargetForm.KullbackLeibler, true)));
                Tensor expected = one.Array("values");
                for (int i = 0; i < temperatures.Length; i++)
                {
                    // The README: in float64 the divergence cancels.
                    one.Check.Close(
                        $"values at T = {temperatures[i]}",
                        values[i].item<double>(),
                        expected[i].item<double>(),
                        1e-9,
                        1e-15 * temperatures[i] * temperatures[i]
                    );
                }

                return new()
                {
                    ["T"] = one.Array("T"),
                    ["values"] = expected,
                    ["expected"] = one.Array("expected"),
                };
            }
        );

    private static void GradientAtLargeTemperatures(DistillationCase one) =>
        one.Run(
            ScalarType.Float64,
            x =>
            {
                double[] temperatures = [.. one.Array("T").data<double>()];
                Tensor z = x["student"].clone().requires_grad_();
                Tensor found = stack(
                    temperatures.Select(t =>
                    {
                        var signals = new ObjectiveSignals { StudentLogits = z, TeacherLogits = x["teacher"] };
                        ObjectiveRows(new SoftTargets(t, scaleByTemperatureSquared: false), signals, x.DType).sum().backward();
                        Tensor gradient = z.grad!.clone();
                        z.grad = null;
                        return gradient;
                    })
                );
                Tensor approximation = stack(temperatures.Select(t => (x["student"] - x["teacher"]) / (x["student"].shape[1] * t * t)));
                Tensor error = stack(
                    temperatures.Select((t, i) => (found[i] - approximation[i]).abs().max() / approximation[i].abs().max())
                );
                return new()
                {
                    ["T"] = one.Array("T"),
                    ["gradient"] = found,
                    ["approximation"] = approximation,
                    ["relative_error"] = error,
                };
            }
        );

    private static Tensor ObjectiveRows(DistillationObjective objective, ObjectiveSignals signals, DTypePolicy dtype) =>
        DistillationCase.Bind(objective, signals, dtype).Compute(signals, 0, 1);
}
