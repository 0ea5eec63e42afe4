using Distillation.Keras.Backend;
using Distillation.Keras.State;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>What layers share that disturb their input in training and are the identity otherwise.</summary>
/// <remarks>
/// Input and output (batch, ...). Where nothing is disturbed, the input itself is returned. Random numbers are drawn on the host, so that a
/// seed gives the same on each device.
/// </remarks>
public abstract class BaseNoise : Layer
{
    private Generator? _generator;

    private protected BaseNoise(int? seed, string? name, bool trainable, DTypePolicy? dtype)
        : base(name, trainable, dtype) => Seed = seed;

    /// <summary>What the layer's own random numbers begin with, if it has some.</summary>
    public int? Seed { get; }

    internal override bool BuildsAtInit => true;

    internal override bool? TrainingInKeras => false;

    /// <inheritdoc/>
    private protected override bool ComputesIntegers(bool training) => !training || Strength == 0;

    /// <summary>How strongly it disturbs: 0 is not at all.</summary>
    private protected abstract double Strength { get; }

    /// <inheritdoc/>
    protected internal override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return inputShape;
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(context);
        if (!context.Training || Strength == 0)
        {
            return input;
        }

        using DisposeScope scope = NewDisposeScope();
        return Disturb(input, context).MoveToOuterDisposeScope();
    }

    /// <summary>A new tensor of what the input becomes. What it makes in between is disposed for it.</summary>
    private protected abstract Tensor Disturb(Tensor input, CallContext context);

    /// <summary>The layer's own random numbers, or those of the call.</summary>
    private protected Generator Random(CallContext context) =>
        Seed is int seed ? _generator ??= RandomState.NewGenerator(seed) : context.Generator;

    /// <summary>A rate from 0 to 1.</summary>
    private protected static double CheckedRate(double rate, string className, string what = "the share of values that become 0") =>
        rate >= 0 && rate <= 1
            ? rate
            : throw new ArgumentOutOfRangeException(nameof(rate), rate, $"{className} takes a rate from 0 to 1: {what}.");

    /// <summary>Refuses a rate of 1, which no factor makes up for.</summary>
    private protected void RefuseAll(double rate)
    {
        if (rate == 1)
        {
            throw new InvalidOperationException(
                $"{ClassName} '{Name}' has the rate 1, of which nothing can be made in training: it divides by 1 - rate. Give a lower one."
            );
        }
    }

    /// <summary>Numbers of the standard normal distribution, of the input's shape and type.</summary>
    private protected Tensor Normal(Tensor input, CallContext context)
    {
        using IDisposable noGrad = no_grad();
        ScalarType type = input.dtype == ScalarType.Float64 ? input.dtype : ScalarType.Float32;
        return randn(input.shape, type, CPU, generator: Random(context)).to(input.dtype).to(input.device);
    }

    internal override void ReleaseState()
    {
        _generator?.Dispose();
        _generator = null;
    }

    /// <inheritdoc/>
    protected internal override void ExchangeState(StateExchange state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (Seed is int seed)
        {
            state.Random("random", _generator ??= RandomState.NewGenerator(seed));
        }
    }
}
