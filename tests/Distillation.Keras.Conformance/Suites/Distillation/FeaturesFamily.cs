using Distillation.Keras.Objectives;
using Distillation.Keras.Training;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance.Suites.Distillation;

/// <summary>
/// Objectives on features: hints, attention, neuron selectivity, activation boundaries, partial L2, variational information, and Keras'
/// own.
/// </summary>
internal sealed class FeaturesFamily : IDistillationFamily
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Action<DistillationCase>> Objectives { get; } =
        new Dictionary<string, Action<DistillationCase>>
        {
            ["fitnets_hint"] = one => one.Run(x => Hint(one, x)),
            ["attention_transfer"] = one => one.Run(x => Attention(one, x)),
            ["nst"] = one =>
                one.Run(x =>
                    Expected(
                        DistillationCase.Value(
                            new NeuronSelectivityTransfer("t", "s", degree: (int)one.Hyper("d"), constant: one.Hyper("c0")),
                            Signals(x),
                            x.DType
                        )
                    )
                ),
            ["activation_boundary"] = one =>
                one.Run(x => Expected(DistillationCase.Value(new ActivationBoundary("t", "s", one.Hyper("margin")), Signals(x), x.DType))),
            ["overhaul_partial_l2"] = one => one.Run(x => Overhaul(x)),
            ["vid"] = one => one.Run(x => VariationalInformation(one, x)),
            ["keras.distillation.FeatureDistillation"] = Keras,
        };

    private static ObjectiveSignals Signals(DistillationInputs x) =>
        new() { StudentFeatures = [x["student"]], TeacherFeatures = [x["teacher"]] };

    private static Dictionary<string, Tensor> Expected(Tensor value) => new() { ["expected"] = value };

    private static ElementReduction Reduction(DistillationCase one) =>
        one.Reduction switch
        {
            "mean" => ElementReduction.Mean,
            "sum" => ElementReduction.Sum,
            "half_sum" => ElementReduction.HalfSum,
            string other => throw new UnsupportedException($"no reduction '{other}'"),
        };

    private static Dictionary<string, Tensor> Hint(DistillationCase one, DistillationInputs x)
    {
        var hint = new FitNetsHint(
            "t",
            "s",
            reduction: Reduction(one),
            adapter: FeatureAdapter.Regressor(normalization: false, bias: x.Has("bias"), always: true)
        );
        ObjectiveTerm term = DistillationCase.Bind(hint, Signals(x), x.DType);
        x.Into(term.Variables[0], "kernel");
        if (x.Has("bias"))
        {
            x.Into(term.Variables[1], "bias");
        }

        return Expected(DistillationCase.Value(term, Signals(x)));
    }

    private static Dictionary<string, Tensor> Attention(DistillationCase one, DistillationInputs x)
    {
        int pairs = one.InputNames.Count / 2;
        string Numbered(string name, int i) => i == 0 ? name : $"{name}{i + 1}";
        var signals = new ObjectiveSignals
        {
            StudentFeatures = [.. Enumerable.Range(0, pairs).Select(i => x[Numbered("student", i)])],
            TeacherFeatures = [.. Enumerable.Range(0, pairs).Select(i => x[Numbered("teacher", i)])],
        };
        var attention = new AttentionTransfer(
            [.. Enumerable.Range(0, pairs).Select(i => new FeaturePair($"t{i}", $"s{i}", FeatureAdapter.Pooling))],
            one.Hyper("p"),
            one.HyperText("map") switch
            {
                "sum" => AttentionMap.Sum,
                "max" => AttentionMap.Max,
                string other => throw new UnsupportedException($"no map of attention '{other}'"),
            },
            one.HyperText("variant") switch
            {
                "norm" => AttentionDistance.Norm,
                "squared_norm" => AttentionDistance.SquaredNorm,
                "mean_square" => AttentionDistance.MeanSquare,
                string other => throw new UnsupportedException($"no distance of attention '{other}'"),
            }
        );
        Tensor value = DistillationCase.Value(attention, signals, x.DType);
        Dictionary<string, Tensor> outputs = Expected(value);
        if (one.HasHyper("beta"))
        {
            // The weight that a fit would be given for the paper's beta.
            outputs["with_beta"] = value * (one.Hyper("beta") / 2);
        }

        return outputs;
    }

    private static Dictionary<string, Tensor> Overhaul(DistillationInputs x)
    {
        Tensor margins = OverhaulFeatureDistillation.Margins(x["bn_mean"], x["bn_std"]);
        Dictionary<string, Tensor> outputs = Expected(
            DistillationCase.Value(
                new OverhaulFeatureDistillation("t", "s", channelMargins: [.. margins.data<double>()]),
                Signals(x),
                x.DType
            )
        );
        outputs["margin"] = margins;
        return outputs;
    }

    private static Dictionary<string, Tensor> VariationalInformation(DistillationCase one, DistillationInputs x)
    {
        string[] kernels = [.. one.InputNames.Where(n => n.StartsWith("kernel", StringComparison.Ordinal))];
        var objective = new VariationalInformationDistillation(
            "t",
            "s",
            kernels.Length,
            kernels.Length > 1 ? (int)x[kernels[0]].shape[1] : null,
            one.HasHyper("initial_variance") ? one.Hyper("initial_variance") : 5,
            one.Hyper("eps"),
            Reduction(one)
        );
        ObjectiveTerm term = DistillationCase.Bind(objective, Signals(x), x.DType);
        if (one.HasHyper("initial_variance"))
        {
            one.Close(
                $"{x.Type} alpha at the start",
                term.Variables[^1].Value.detach(),
                x["alpha"].detach(),
                ScalarType.Float32,
                isGradient: false
            );
        }

        for (int i = 0; i < kernels.Length; i++)
        {
            x.Into(term.Variables[i], kernels[i]);
        }

        x.Into(term.Variables[^1], "alpha");
        return Expected(DistillationCase.Value(term, Signals(x)));
    }

    // What the real class returned in float32, beside its formula in float64.
    private static void Keras(DistillationCase one)
    {
        bool isCosine = one.HyperText("loss") switch
        {
            "mse" => false,
            "cosine_similarity" => true,
            string other => throw new UnsupportedException($"no distance of features '{other}'"),
        };
        one.Run(x =>
        {
            var hint = new FitNetsHint("t", "s", isCosine ? HintDistance.Cosine : HintDistance.SquaredError, ElementReduction.Mean);
            Tensor value = DistillationCase.Value(hint, Signals(x), x.DType);

            // Keras' value is minus the mean cosine. A float64 run is not compared with what a float32 program returned.
            Tensor keras = isCosine ? value - 1 : value;
            bool isFloat32 = x.Type == ScalarType.Float32;
            return new()
            {
                ["expected"] = keras,
                ["keras"] = isFloat32 ? keras : one.Array("keras"),
                ["keras_grad"] = isFloat32 ? autograd.grad([value], [x["student"]], retain_graph: true)[0] : one.Array("keras_grad"),
            };
        });
    }
}
