using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>What a layer has drawn for a batch of images: the same for all that it is applied to.</summary>
/// <param name="OfImages">
/// Changes images, (batch, channels, height, width) whatever the layer's data format, in the layer's type. The result may have another
/// type, to be cast.
/// </param>
/// <param name="OfLabels">Changes labels, (batch, ...); <see langword="null"/>: they stay what they are.</param>
/// <param name="OfMasks">Changes masks, laid out as images; <see langword="null"/>: they stay what they are.</param>
internal sealed record ImageView(Func<Tensor, Tensor> OfImages, Func<Tensor, Tensor>? OfLabels = null, Func<Tensor, Tensor>? OfMasks = null)
{
    /// <summary>Changes nothing.</summary>
    public static ImageView Identity { get; } = new(static x => x);
}
