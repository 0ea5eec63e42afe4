using Distillation.Keras.Backend;
using Distillation.Keras.State;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>In training: sets values to 0 at random and multiplies the others by 1 / (1 - rate). Otherwise the identity.</summary>
/// <remarks>
/// <para>Input and output (batch, ...). At inference, and with a rate of 0, it returns its input itself.</para>
/// <para>
/// The probability is a multiple of 1 / 65,536, the nearest to the rate (a rate that would so become 0 or 1 is drawn exactly instead); the
/// factor is made of the rate itself. Source: <c>keras/src/layers/regularization/dropout.py</c>; Srivastava et al. 2014.
/// </para>
/// </remarks>
public sealed class Dropout : Layer
{
    private const int Levels = 1 << 16;

    private Generator? _generator;

    /// <inheritdoc cref="Dropout" path="/summary"/>
    /// <param name="rate">The share of values that become 0, from 0 to 1.</param>
    /// <param name="noise_shape">
    /// The shape of the mask, with the batch axis: a 1 where values share their fate, <see langword="null"/> or the input's size elsewhere.
    /// By default every value has its own.
    /// </param>
    /// <param name="seed">Makes the layer draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not from 0 to 1.</exception>
    public Dropout(
        double rate,
        Shape? noise_shape = null,
        int? seed = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(name, trainable, dtype)
    {
        if (!(rate >= 0 && rate <= 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(rate),
                rate,
                "Dropout takes a rate from 0 to 1: the share of values that become 0."
            );
        }

        Rate = rate;
        NoiseShape = noise_shape;
        Seed = seed;
    }

    /// <summary>The share of values that become 0.</summary>
    public double Rate { get; }

    /// <summary>The shape of the mask, or <see langword="null"/> for the input's.</summary>
    public Shape? NoiseShape { get; }

    /// <summary>What the layer's own random numbers begin with, if it has some.</summary>
    public int? Seed { get; }

    internal override bool BuildsAtInit => true;

    internal override void ReleaseState()
    {
        _generator?.Dispose();
        _generator = null;
    }

    /// <inheritdoc/>
    protected internal override void ExchangeState(StateExchange state)
    {
        if (Seed is int seed)
        {
            state.Random("random", _generator ??= RandomState.NewGenerator(seed));
        }
    }

    /// <inheritdoc/>
    protected internal override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        if (
            NoiseShape is not null
            && (
                NoiseShape.Rank != inputShape.Rank
                || NoiseShape.Zip(inputShape).Any(p => p.First is not (null or 1) && p.Second is not null && p.First != p.Second)
            )
        )
        {
            throw new ArgumentException(
                $"The noise_shape of Dropout '{Name}' has an axis for each of the input's, of size 1, null or the input's, but it is "
                    + $"{NoiseShape} and the input's shape is {inputShape}."
            );
        }

        return inputShape;
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(context);
        if (!context.Training || Rate == 0)
        {
            return input;
        }

        if (Rate == 1)
        {
            // Not a product with 0, which would keep NaN.
            return zeros_like(input);
        }

        using Tensor mask = Mask(input, context);
        return input.mul(mask);
    }

    /// <summary>0 with the probability of the rate, else 1 / (1 - rate).</summary>
    private Tensor Mask(Tensor input, CallContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Generator generator = Seed is int seed ? _generator ??= RandomState.NewGenerator(seed) : context.Generator;
        long[] sizes = input.shape;
        for (int i = 0; i < sizes.Length && NoiseShape is not null; i++)
        {
            long size = NoiseShape[i] ?? sizes[i];
            if (size != 1 && size != sizes[i])
            {
                throw new ArgumentException(
                    $"The noise_shape of Dropout '{Name}' has an axis for each of the input's, of size 1, null or the input's, but it is "
                        + $"{NoiseShape} and the input's shape is {Shape.FromSizes(input.shape)}. "
                        + (i == 0 ? "Give null for the batch: batches may differ, the last one of an epoch does." : "Correct that axis."),
                    nameof(input)
                );
            }

            sizes[i] = size;
        }

        int threshold = (int)Math.Round(Rate * Levels);
        Tensor mask = threshold is > 0 and < Levels
            ? Draw(sizes, generator).to(input.device).IsAtLeast(threshold - (Levels / 2)).to(input.dtype)
            : empty(sizes, input.dtype, CPU).bernoulli_(1 - Rate, generator).to(input.device);
        return mask.Scale(1 / (1 - Rate)).MoveToOuterDisposeScope();
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
