using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// Views of tensors as libtorch has them, with the channels on axis 1. The last axis comes there without a copy: (batch, channels, 1, rest)
/// with channels-last strides.
/// </summary>
internal static class ChannelViews
{
    /// <summary>The tensor with its channels on axis 1.</summary>
    /// <param name="tensor">A tensor of at least one axis.</param>
    /// <param name="axis">The axis of the channels; not negative.</param>
    public static Tensor Second(Tensor tensor, int axis)
    {
        long[] shape = tensor.shape;
        int rank = shape.Length;
        return IsLast(axis, rank)
                ? tensor
                    .reshape(rank == 1 ? 1 : shape[0], 1, shape[1..^(rank == 1 ? 0 : 1)].Aggregate(1L, static (a, b) => a * b), shape[^1])
                    .permute(0, 3, 1, 2)
            : axis == 1 ? tensor
            : movedim(tensor, axis, 1);
    }

    /// <summary>What was computed of such a view, as the tensor was.</summary>
    public static Tensor Back(Tensor result, int axis, long[] shape) =>
        IsLast(axis, shape.Length) ? result.permute(0, 2, 3, 1).reshape(shape)
        : axis == 1 ? result
        : movedim(result, 1, axis);

    private static bool IsLast(int axis, int rank) => axis == rank - 1 && rank != 2;
}
