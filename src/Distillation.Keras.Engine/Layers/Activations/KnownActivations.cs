using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>The activations that layers take by their names.</summary>
internal static class KnownActivations
{
    /// <summary>Each by its name.</summary>
    public static IReadOnlyDictionary<string, ActivationFunction> ByName { get; } = Make();

    /// <summary>
    /// What Keras 1 and 2 call <c>hard_sigmoid</c>: 0.2 x + 0.5, but at least 0 and at most 1. It comes with their files alone, and no
    /// configuration can hold it, as Keras 3 has another function of that name.
    /// </summary>
    public static ActivationFunction HardSigmoidOfKeras2 { get; } = new("hard_sigmoid of Keras 2", Activations.HardSigmoidOfKeras2);

    private static Dictionary<string, ActivationFunction> Make()
    {
        ActivationFunction[] functions =
        [
            ActivationFunction.Linear,
            new("celu", static x => Activations.Celu(x)),
            new("elu", static x => Activations.Elu(x)),
            new("exponential", Activations.Exponential),
            new("gelu", static x => Activations.Gelu(x)),
            new("glu", static x => Activations.Glu(x)),
            new("hard_shrink", static x => Activations.HardShrink(x)),
            new("hard_sigmoid", Activations.HardSigmoid),
            new("hard_silu", Activations.HardSilu),
            new("hard_tanh", Activations.HardTanh),
            new("leaky_relu", static x => Activations.LeakyRelu(x)),
            new("log_sigmoid", Activations.LogSigmoid),
            new("log_softmax", static x => Activations.LogSoftmax(x)),
            new("mish", Activations.Mish),
            new("relu", static x => nn.functional.relu(TensorGuard.Numbers(x))),
            new("relu6", Activations.Relu6),
            new("selu", Activations.Selu),
            new("sigmoid", Activations.Sigmoid),
            new("silu", Activations.Silu),
            new("soft_shrink", static x => Activations.SoftShrink(x)),
            new("softmax", static x => Activations.Softmax(x)),
            new("softplus", Activations.Softplus),
            new("softsign", Activations.Softsign),
            new("sparse_plus", Activations.SparsePlus),
            new("sparse_sigmoid", Activations.SparseSigmoid),
            new("sparsemax", static x => Activations.Sparsemax(x)),
            new("squareplus", static x => Activations.Squareplus(x)),
            new("tanh", Activations.Tanh),
            new("tanh_shrink", Activations.TanhShrink),
            new(
                "threshold",
                static _ =>
                    throw new NotSupportedException(
                        "The activation 'threshold' has no default arguments, so its name alone does not say what it does. "
                            + "Give them: new ActivationFunction(\"my_threshold\", x => Activations.Threshold(x, threshold: 0.5, "
                            + "default_value: 0))."
                    )
            ),
        ];
        Dictionary<string, ActivationFunction> known = functions.ToDictionary(f => f.Name, StringComparer.Ordinal);

        // Keras writes these two under their other names.
        known.Add("swish", known["silu"]);
        known.Add("hard_swish", known["hard_silu"]);
        return known;
    }
}
