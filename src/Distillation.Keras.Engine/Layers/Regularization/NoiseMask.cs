using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Which values share their fate in a layer that drops some, and which of them are kept.</summary>
internal static class NoiseMask
{
    private const int Levels = 1 << 16;

    /// <summary>Refuses sizes of 0.</summary>
    public static Shape? Checked(Shape? noise_shape, string className) =>
        noise_shape?.Contains(0) is true
            ? throw new ArgumentException(
                $"The noise_shape of {className} has positive sizes, or null for the input's, but it is {noise_shape}.",
                nameof(noise_shape)
            )
            : noise_shape;

    /// <summary>Refuses an input that the shape does not fit.</summary>
    public static Shape Require(Shape? noiseShape, Shape inputShape, Layer layer) =>
        noiseShape is null
        || (
            noiseShape.Rank == inputShape.Rank
            && noiseShape.Zip(inputShape).All(p => p.First is null or 1 || p.Second is null || p.First == p.Second)
        )
            ? inputShape
            : throw new ArgumentException(
                $"The noise_shape of {layer.ClassName} '{layer.Name}' has an axis for each of the input's, of size 1, null or the "
                    + $"input's, but it is {noiseShape} and the input's shape is {inputShape}."
            );

    /// <summary>The sizes of the mask for an input.</summary>
    public static long[] Sizes(Shape? noiseShape, Tensor input, Layer layer)
    {
        long[] sizes = input.shape;
        for (int i = 0; i < sizes.Length && noiseShape is not null; i++)
        {
            long size = noiseShape[i] ?? sizes[i];
            if (size != 1 && size != sizes[i])
            {
                throw new ArgumentException(
                    $"The noise_shape of {layer.ClassName} '{layer.Name}' has an axis for each of the input's, of size 1, null or the "
                        + $"input's, but it is {noiseShape} and the input's shape is {Shape.FromSizes(input.shape)}. "
                        + (i == 0 ? "Give null for the batch: batches may differ, the last one of an epoch does." : "Correct that axis."),
                    nameof(input)
                );
            }

            sizes[i] = size;
        }

        return sizes;
    }

    /// <summary>0 with the probability of the rate, else 1.</summary>
    /// <param name="sizes">The sizes of its axes.</param>
    /// <param name="rate">Above 0 and below 1.</param>
    /// <param name="like">A tensor of its type, on its device.</param>
    /// <param name="generator">The random numbers, on the host.</param>
    public static Tensor Kept(long[] sizes, double rate, Tensor like, Generator generator)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        int threshold = (int)Math.Round(rate * Levels);
        Tensor kept = threshold is > 0 and < Levels
            ? Draw(sizes, generator).to(like.device).IsAtLeast(threshold - (Levels / 2)).to(like.dtype)
            : empty(sizes, like.dtype, CPU).bernoulli_(1 - rate, generator).to(like.device);
        return kept.MoveToOuterDisposeScope();
    }

    // On the host, so that a seed gives the same on each device. Numbers from -32,768 to 32,767. libtorch's generator is serial and makes
    // 64 bits at a time, so that four numbers cost what bernoulli_ takes for one.
    private static Tensor Draw(long[] sizes, Generator generator)
    {
        long count = sizes.Aggregate(1L, (a, b) => a * b);

        // The bounds take all 64 bits; without them an int64 gets 63. The upper one is the largest double below 2^63.
        using Tensor bits = empty((count + 3) / 4, int64, CPU).random_(long.MinValue, 9223372036854774784.0, generator);
        Tensor numbers = empty(sizes, int16, CPU);
        if (count > 0)
        {
            Span<byte> target = numbers.bytes;
            bits.bytes[..target.Length].CopyTo(target);
        }

        return numbers;
    }
}
