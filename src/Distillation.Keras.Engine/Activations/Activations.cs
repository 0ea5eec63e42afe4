using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <summary>Keras' activation functions on tensors, under Keras' names.</summary>
/// <remarks>
/// Each takes a floating-point tensor of any shape and returns a new tensor of the same shape (<see cref="Glu"/>: half the axis) that the caller
/// owns; gradients flow. The gradient at a kink is TensorFlow-backed Keras'. A layer takes one by its name, <c>activation: "gelu"</c>, with its
/// default arguments, or as <c>new ActivationFunction("my_gelu", x => Activations.Gelu(x, approximate: true))</c>.
/// Source: <c>keras/src/activations/activations.py</c>. Thread-safe.
/// </remarks>
public static partial class Activations
{
    internal static IReadOnlyDictionary<string, ActivationFunction> Known { get; } = MakeKnown();

    /// <summary>x itself.</summary>
    /// <param name="x">Any tensor.</param>
    /// <returns>The same object as <paramref name="x"/>, not a copy.</returns>
    public static Tensor Linear(Tensor x) => x;

    /// <summary>e to the power of x.</summary>
    /// <param name="x">Any floating-point tensor.</param>
    public static Tensor Exponential(Tensor x) => exp(Real(x));

    /// <summary>The hyperbolic tangent.</summary>
    /// <param name="x">Any floating-point tensor.</param>
    public static Tensor Tanh(Tensor x) => tanh(Real(x));

    private static Tensor Floating(Tensor x) => TensorGuard.Floating(x);

    private static Tensor Real(Tensor x) => TensorGuard.Numbers(x);

    private static Dictionary<string, ActivationFunction> MakeKnown()
    {
        ActivationFunction[] functions =
        [
            ActivationFunction.Linear,
            new("celu", static x => Celu(x)),
            new("elu", static x => Elu(x)),
            new("exponential", Exponential),
            new("gelu", static x => Gelu(x)),
            new("glu", static x => Glu(x)),
            new("hard_shrink", static x => HardShrink(x)),
            new("hard_sigmoid", HardSigmoid),
            new("hard_silu", HardSilu),
            new("hard_tanh", HardTanh),
            new("leaky_relu", static x => LeakyRelu(x)),
            new("log_sigmoid", LogSigmoid),
            new("log_softmax", static x => LogSoftmax(x)),
            new("mish", Mish),
            new("relu", static x => nn.functional.relu(Real(x))),
            new("relu6", Relu6),
            new("selu", Selu),
            new("sigmoid", Sigmoid),
            new("silu", Silu),
            new("soft_shrink", static x => SoftShrink(x)),
            new("softmax", static x => Softmax(x)),
            new("softplus", Softplus),
            new("softsign", Softsign),
            new("sparse_plus", SparsePlus),
            new("sparse_sigmoid", SparseSigmoid),
            new("sparsemax", static x => Sparsemax(x)),
            new("squareplus", static x => Squareplus(x)),
            new("tanh", Tanh),
            new("tanh_shrink", TanhShrink),
            new("threshold", static _ => throw new NotSupportedException(
                "The activation 'threshold' has no default arguments, so its name alone does not say what it does. "
                + "Give them: new ActivationFunction(\"my_threshold\", x => Activations.Threshold(x, threshold: 0.5, default_value: 0)).")),
        ];
        var known = functions.ToDictionary(f => f.Name, StringComparer.Ordinal);

        // Keras writes these two under their other names.
        known.Add("swish", known["silu"]);
        known.Add("hard_swish", known["hard_silu"]);
        return known;
    }

    private static int CheckAxis(Tensor x, int axis, string function)
    {
        long rank = x.dim();
        return (axis >= -rank && axis < rank) || (rank == 0 && axis is 0 or -1)
            ? axis
            : throw new ArgumentOutOfRangeException(nameof(axis), axis, Invariant($"The axis of {function} is at least {-rank} and below {rank} for a tensor of shape {Shape.FromSizes(x.shape)}."));
    }
}
