using static TorchSharp.torch;

namespace Distillation.Keras.Metrics;

/// <summary>Brings two tensors to the same rank where the last axis of one has the size 1.</summary>
/// <remarks>Source: <c>keras/src/losses/loss.py</c>, <c>squeeze_or_expand_to_same_rank</c>. Thread-safe.</remarks>
internal static class Ranks
{
    /// <summary>Adds the axis to a vector (unless told not to), else takes it off the other one.</summary>
    public static void Match(ref Tensor first, ref Tensor second, bool expandVectors = true)
    {
        if (first.dim() == second.dim() + 1)
        {
            Even(ref first, ref second, expandVectors);
        }
        else if (second.dim() == first.dim() + 1)
        {
            Even(ref second, ref first, expandVectors);
        }
    }

    /// <summary>A tensor's shape in messages.</summary>
    public static Shape ShapeOf(Tensor tensor) => Shape.FromSizes(tensor.shape);

    private static void Even(ref Tensor longer, ref Tensor shorter, bool expandVectors)
    {
        if (longer.shape[^1] != 1)
        {
            return;
        }

        if (shorter.dim() == 1 && expandVectors)
        {
            shorter = shorter.unsqueeze(-1);
        }
        else
        {
            longer = longer.squeeze(-1);
        }
    }
}
