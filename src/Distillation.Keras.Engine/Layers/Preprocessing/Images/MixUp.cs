using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>In training: mixes each image, and its label, with another one of the batch. Otherwise the identity.</summary>
/// <remarks>
/// <para>
/// Image and label become w · own + (1 - w) · other, with w of the beta distribution, one for each image. The other one is that of a
/// permutation of the batch, so that some images may meet themselves. Labels are numbers for each class (one-hot): those of class indices
/// make no sense when they are mixed.
/// </para>
/// <para>
/// Where Keras takes a dictionary, labels are given by an <see cref="ImageBatch"/>: <c>mixUp.Call(new ImageBatch(images, labels))</c>.
/// Called on images alone, as in a model, it mixes them. Source:
/// <c>keras/src/layers/preprocessing/image_preprocessing/mix_up.py</c>; Zhang et al. 2018.
/// </para>
/// </remarks>
public sealed class MixUp : RandomImageLayer
{
    /// <inheritdoc cref="MixUp" path="/summary"/>
    /// <param name="alpha">
    /// Both parameters of the beta distribution, greater than 0; 0.2 by default. The smaller, the less is mixed; 1 makes all shares as
    /// likely.
    /// </param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="seed">Makes the layer draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public MixUp(
        double alpha = 0.2,
        string? data_format = null,
        int? seed = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(seed, data_format, name, trainable, dtype) => Alpha = Arguments.Positive(alpha);

    /// <summary>Both parameters of the beta distribution.</summary>
    public double Alpha { get; }

    internal override bool ChangesLabels => true;

    internal override ImageView View(ImageDraws draws)
    {
        Tensor others = ImageMixing.Permutation(draws);
        Tensor shares = ImageMixing.Shares(Alpha, draws.Batch, draws.Generator).to(draws.Device);
        Tensor Mixed(Tensor own) => ImageMixing.Mixed(own, own.index_select(0, others), shares);
        return new ImageView(Mixed, Mixed, masks => Mixed(ImageMixing.Mixable(masks, this)));
    }
}
