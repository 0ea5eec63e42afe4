using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>What layers that change colours at random in training have in common: the range of the values, and a seed.</summary>
/// <remarks>Source: <c>keras/src/layers/preprocessing/image_preprocessing/base_image_preprocessing_layer.py</c>.</remarks>
public abstract class RandomColorLayer : RandomImageLayer
{
    private protected RandomColorLayer(
        ValueRange? value_range,
        int? seed,
        string? data_format,
        string? name,
        bool trainable,
        DTypePolicy? dtype
    )
        : base(seed, data_format, name, trainable, dtype) => ValueRange = value_range ?? ValueRange.Bytes;

    /// <summary>Between which values pixels are.</summary>
    public ValueRange ValueRange { get; }

    /// <summary>How many channels images may have; <see langword="null"/>: any number.</summary>
    private protected virtual IReadOnlyList<int>? AllowedChannels => null;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        Shape shape = base.ComputeOutputShape(inputShape);
        ImageChannels.Require(shape, AllowedChannels, this);
        return shape;
    }

    /// <summary>Values within the range: those beyond it become its ends.</summary>
    private protected Tensor Clipped(Tensor images) => images.Between(ValueRange.Low, ValueRange.High);
}
