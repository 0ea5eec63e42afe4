using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <content>The logistic function and its kin.</content>
public static partial class Activations
{
    /// <summary>
    /// 1 / (1 + exp(-x)). Crossentropies of the result are computed from <paramref name="x"/>, as in TensorFlow-backed Keras.
    /// </summary>
    /// <param name="x">Logits of any shape.</param>
    public static Tensor Sigmoid(Tensor x)
    {
        Real(x);
        Tensor probabilities = sigmoid(x);
        Logits.Remember(probabilities, x, LogitsKind.Sigmoid);
        return probabilities;
    }

    /// <summary>log(1 / (1 + exp(-x))), without overflow.</summary>
    /// <param name="x">Any floating-point tensor.</param>
    public static Tensor LogSigmoid(Tensor x) => nn.functional.logsigmoid(Floating(x));

    /// <summary>x / 6 + 1 / 2, but at least 0 and at most 1. The gradient at -3 and 3 is 0.</summary>
    /// <param name="x">Any floating-point tensor.</param>
    public static Tensor HardSigmoid(Tensor x) => nn.functional.hardsigmoid(Floating(x));

    /// <summary>0.2 x + 0.5, but at least 0 and at most 1, as Keras 1 and 2 have it. The gradient at the corners is 0.</summary>
    /// <remarks>Source: <c>tf_keras/src/backend.py</c>, <c>hard_sigmoid</c>.</remarks>
    internal static Tensor HardSigmoidOfKeras2(Tensor x)
    {
        Floating(x);
        using DisposeScope scope = NewDisposeScope();

        // By relu6 of a sixth of the scale, whose bounds are fixed.
        return nn.functional.relu6(x.Times(1.2).Plus(3)).Over(6).MoveToOuterDisposeScope();
    }

    /// <summary>(x + 1) / 2, but at least 0 and at most 1. The gradient at -1 and 1 is 0.</summary>
    /// <param name="x">Any floating-point tensor.</param>
    public static Tensor SparseSigmoid(Tensor x)
    {
        Real(x);
        using DisposeScope scope = NewDisposeScope();

        // By relu6, as TorchSharp's hardtanh returns its input unchanged.
        return nn.functional.relu6(x.Plus(1).Times(3)).Over(6).MoveToOuterDisposeScope();
    }

    /// <summary>x * sigmoid(x), also called swish (Ramachandran et al., arXiv 1710.05941).</summary>
    /// <param name="x">Any floating-point tensor.</param>
    public static Tensor Silu(Tensor x) => nn.functional.silu(Floating(x));

    /// <summary>The same as <see cref="Silu"/>.</summary>
    /// <param name="x">Any floating-point tensor.</param>
    public static Tensor Swish(Tensor x) => Silu(x);

    /// <summary>
    /// x * hard_sigmoid(x), also called hard_swish (Howard et al., arXiv 1905.02244). The gradient at -3 is 0, at 3 it is 1.
    /// </summary>
    /// <param name="x">Any floating-point tensor.</param>
    public static Tensor HardSilu(Tensor x) => nn.functional.hardswish(Floating(x));

    /// <summary>The same as <see cref="HardSilu"/>.</summary>
    /// <param name="x">Any floating-point tensor.</param>
    public static Tensor HardSwish(Tensor x) => HardSilu(x);

    /// <summary>The first half of an axis times the sigmoid of the second half (Dauphin et al., arXiv 1612.08083).</summary>
    /// <param name="x">Any floating-point tensor whose axis has an even size.</param>
    /// <param name="axis">The axis.</param>
    /// <returns>A tensor with half the size on that axis.</returns>
    /// <exception cref="ArgumentException">The axis' size is odd.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public static Tensor Glu(Tensor x, int axis = -1)
    {
        Floating(x);
        long size = x.dim() > 0 ? x.shape[CheckAxis(x, axis, "glu") is var a && a < 0 ? a + x.dim() : a] : 1;
        return size % 2 == 0
            ? nn.functional.glu(x, axis)
            : throw new ArgumentException(
                Invariant(
                    $"glu halves an axis, whose size must be even, but axis {axis} of a tensor of shape "
                        + $"{Shape.FromSizes(x.shape)} has {size}."
                ),
                nameof(x)
            );
    }

    /// <summary>x between -1 and 1, -1 below, 1 above. The gradient at -1 and 1 is 1.</summary>
    /// <param name="x">Any floating-point tensor.</param>
    public static Tensor HardTanh(Tensor x) => Real(x).Between(-1, 1);

    /// <summary>x / (1 + |x|).</summary>
    /// <param name="x">Any floating-point tensor.</param>
    public static Tensor Softsign(Tensor x)
    {
        Floating(x);
        using DisposeScope scope = NewDisposeScope();
        return (x / x.abs().Shift(1)).MoveToOuterDisposeScope();
    }
}
