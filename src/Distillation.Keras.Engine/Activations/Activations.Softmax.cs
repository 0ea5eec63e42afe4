using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <content>Functions along an axis.</content>
public static partial class Activations
{
    /// <summary>
    /// exp(x) divided by its sum along an axis. Crossentropies of the result are computed from <paramref name="x"/>, as in
    /// TensorFlow-backed Keras.
    /// </summary>
    /// <param name="x">Logits.</param>
    /// <param name="axis">The axis of the classes.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public static Tensor Softmax(Tensor x, int axis = -1)
    {
        Floating(x);
        Tensor probabilities = nn.functional.softmax(x, CheckAxis(x, axis, "softmax"));
        Logits.Remember(probabilities, x, LogitsKind.Softmax, axis);
        return probabilities;
    }

    /// <summary>exp(x) divided by its sum along several axes together.</summary>
    /// <param name="x">Logits.</param>
    /// <param name="axis">The axes, at least one.</param>
    /// <exception cref="ArgumentException">No axis was given.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public static Tensor Softmax(Tensor x, int[] axis)
    {
        Floating(x);
        ArgumentNullException.ThrowIfNull(axis);
        if (axis.Length == 0)
        {
            throw new ArgumentException("softmax needs at least one axis, but none was given.", nameof(axis));
        }

        using DisposeScope scope = NewDisposeScope();
        long[] dims = Array.ConvertAll(axis, a => (long)CheckAxis(x, a, "softmax"));
        if (x.numel() == 0)
        {
            return x.clone().MoveToOuterDisposeScope();
        }

        Tensor powers = (x - x.amax(dims, keepdim: true).detach()).exp();
        return (powers / powers.sum(dims, keepdim: true)).MoveToOuterDisposeScope();
    }

    /// <summary>The logarithm of <see cref="Softmax(Tensor, int)"/>, without overflow.</summary>
    /// <param name="x">Logits.</param>
    /// <param name="axis">The axis of the classes.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public static Tensor LogSoftmax(Tensor x, int axis = -1) => nn.functional.log_softmax(Floating(x), CheckAxis(x, axis, "log_softmax"));

    /// <summary>
    /// Keras' sparsemax: max(x - t, 0), where t is computed from the k largest entries of the axis. Mind that Keras' t is not the one of
    /// the paper (Martins and Astudillo, arXiv 1602.02068): it adds up all k running sums where the paper takes the last of them. So unless
    /// k is 1 the result does not sum to 1 and is often all 0. It is what models trained with Keras have learned with.
    /// </summary>
    /// <param name="x">Logits.</param>
    /// <param name="axis">The axis of the classes.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public static Tensor Sparsemax(Tensor x, int axis = -1)
    {
        Floating(x);
        CheckAxis(x, axis, "sparsemax");
        if (x.dim() == 0)
        {
            throw new ArgumentException("sparsemax takes a tensor with at least one axis, but this one is a scalar.", nameof(x));
        }

        using DisposeScope scope = NewDisposeScope();
        (Tensor sorted, _) = x.sort(axis, descending: true, stable: true);
        Tensor sums = sorted.cumsum(axis);
        long[] shape = Array.ConvertAll(x.shape, _ => 1L);
        int along = axis < 0 ? axis + shape.Length : axis;
        shape[along] = x.shape[along];
        Tensor rank = Arithmetic.Range(1, shape[along] + 1, x.dtype, x.device).reshape(shape);
        Tensor support = sorted > sums.Minus(1) / rank;
        Tensor count = support.sum(axis, keepdim: true, type: x.dtype);
        Tensor threshold = sums.Replaced(support.logical_not(), 0).sum(axis, keepdim: true).Minus(1) / count;

        // Unlike relu, an entry that is just 0 has a gradient, as in Keras.
        return (x - threshold).AtLeast(0).MoveToOuterDisposeScope();
    }
}
