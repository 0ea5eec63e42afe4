using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>What random layers that leave some images as they are have in common: the range of a probability.</summary>
/// <remarks>
/// For each image a probability is drawn from the range, and then whether it is changed. Source:
/// <c>keras/src/layers/preprocessing/image_preprocessing/base_image_preprocessing_layer.py</c>.
/// </remarks>
public abstract class ChanceImageLayer : RandomImageLayer
{
    private protected ChanceImageLayer(Factor? factor, int? seed, string? data_format, string? name, bool trainable, DTypePolicy? dtype)
        : base(seed, data_format, name, trainable, dtype) => Factor = (factor ?? 1.0).Within(0, 1, nameof(factor), ClassName);

    /// <summary>The range from which the probability of a change is drawn for each image.</summary>
    public Factor Factor { get; }

    /// <summary>Whether each image is to be changed: bool, (batch, 1, 1, 1).</summary>
    private protected Tensor Chosen(ImageDraws draws)
    {
        Tensor probability = draws.PerImage(Factor);
        return draws.PerImage().lt(probability);
    }
}
