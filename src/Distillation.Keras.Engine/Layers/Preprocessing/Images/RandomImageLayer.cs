using Distillation.Keras.Backend;
using Distillation.Keras.State;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>What layers that change images at random in training have in common: a seed.</summary>
/// <remarks>
/// Each image of a batch has numbers of its own, drawn on the host, so that a seed gives the same on each device. Without a seed they come
/// from the fit, or from the call where there is none. Source:
/// <c>keras/src/layers/preprocessing/image_preprocessing/base_image_preprocessing_layer.py</c>.
/// </remarks>
public abstract class RandomImageLayer : BaseImagePreprocessingLayer
{
    private Generator? _generator;

    private protected RandomImageLayer(int? seed, string? data_format, string? name, bool trainable, DTypePolicy? dtype)
        : base(data_format, name, trainable, dtype) => Seed = seed;

    /// <summary>What the layer's own random numbers begin with, if it has some.</summary>
    public int? Seed { get; }

    internal override void ReleaseState()
    {
        base.ReleaseState();
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

    private protected sealed override Generator GeneratorOf(CallContext context) =>
        Seed is int seed ? _generator ??= RandomState.NewGenerator(seed) : context.Generator;
}
