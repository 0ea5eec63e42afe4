using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// In training: puts a rectangle of another image of the batch into each image, and mixes the labels. Otherwise the identity.
/// </summary>
/// <remarks>
/// <para>
/// The share w of the own image is of the beta distribution, whose parameters are a number from the factor; the rectangle has √(1 - w) of
/// the height and of the width, at any place. Labels, numbers for each class (one-hot), become w · own + (1 - w) · other. The other image
/// is that of a permutation of the batch.
/// </para>
/// <para>
/// Where Keras takes a dictionary, labels and masks are given by an <see cref="ImageBatch"/>:
/// <c>cutMix.Call(new ImageBatch(images, labels))</c>. Source:
/// <c>keras/src/layers/preprocessing/image_preprocessing/cut_mix.py</c>; Yun et al. 2019.
/// </para>
/// </remarks>
public sealed class CutMix : RandomImageLayer
{
    // Keras keeps the parameters of the distribution from being 0.
    private const double Least = 1e-6;

    /// <inheritdoc cref="CutMix" path="/summary"/>
    /// <param name="factor">
    /// The parameters of the beta distribution: 1 by default. A number from 0 to 1, that is (0, factor), or a range (lower, upper).
    /// </param>
    /// <param name="seed">Makes the layer draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public CutMix(
        Factor? factor = null,
        int? seed = null,
        string? data_format = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(seed, data_format, name, trainable, dtype) => Factor = (factor ?? 1.0).Within(0, 1, nameof(factor), ClassName);

    /// <summary>The range from which the parameters of the beta distribution are drawn.</summary>
    public Factor Factor { get; }

    internal override bool ChangesLabels => true;

    internal override ImageView View(ImageDraws draws)
    {
        double alpha = draws.One(Math.Max(0, Factor.Lower), Factor.Upper) + Least;
        Tensor own = ImageMixing.Shares(alpha, draws.Batch, draws.Generator).to(draws.Device).reshape(-1, 1, 1, 1);
        (Tensor isOther, Tensor shares) = Cut(own, draws.PerImage(), draws.PerImage(), draws.Height, draws.Width);
        Tensor others = ImageMixing.Permutation(draws);
        Tensor Pasted(Tensor images) => where(isOther, images.index_select(0, others), images);
        return new ImageView(Pasted, labels => ImageMixing.Mixed(labels, labels.index_select(0, others), shares), Pasted);
    }

    /// <summary>The rectangles that are cut out.</summary>
    /// <param name="own">What share of an image stays its own, (batch, 1, 1, 1).</param>
    /// <param name="column">Where a rectangle lies along the width: 0 at the left, 1 at the right.</param>
    /// <param name="row">Where it lies along the height.</param>
    /// <param name="height">The height of the images.</param>
    /// <param name="width">Their width.</param>
    /// <returns>Which pixels are cut out, (batch, 1, height, width), and what share stays, (batch).</returns>
    internal static (Tensor IsOther, Tensor Shares) Cut(Tensor own, Tensor column, Tensor row, long height, long width)
    {
        Tensor side = own.Complement().AtLeast(0.0).sqrt();
        (Tensor columns, Tensor across) = Span(side, column, width);
        (Tensor rows, Tensor down) = Span(side, row, height);
        return (columns.logical_and(rows.transpose(2, 3)), across.mul(down).Over(width * height).Complement().reshape(-1));
    }

    // Which entries of an axis a part of it holds, (batch, 1, 1, size), and how long the part is.
    private static (Tensor Holds, Tensor Length) Span(Tensor share, Tensor place, long size)
    {
        Tensor length = share.Times(size);
        Tensor first = place.mul(length.SubtractedFrom(size));
        Tensor last = first.Plus(length);
        Tensor entries = Arithmetic.Range(0, size, ScalarType.Float32, share.device);
        return (entries.ge(first).logical_and(entries.lt(last)), last.sub(first));
    }
}
