using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>In training: fills a rectangle of images, drawn at random, with a value or with noise. Otherwise the identity.</summary>
/// <remarks>
/// Input (batch, height, width, channels) or (height, width, channels), output of the same shape in the layer's type; with
/// <c>channels_first</c> the channels come first. Height and width of the rectangle are roots of shares drawn from <c>scale</c>, so that
/// its area is such a share of the image. Source:
/// <c>keras/src/layers/preprocessing/image_preprocessing/random_erasing.py</c>; Zhong et al. 2017.
/// </remarks>
public sealed class RandomErasing : ChanceImageLayer
{
    /// <inheritdoc cref="RandomErasing" path="/summary"/>
    /// <param name="factor">
    /// The probability that an image is changed, from 0 to 1, or a range from which it is drawn; <c>1.0</c> (the default) is (0, 1).
    /// </param>
    /// <param name="scale">Shares of the area that are erased, from 0 to 1; (0.02, 0.33) by default.</param>
    /// <param name="fill_value">
    /// What the rectangle is filled with: a number, or one for each of three channels; <see langword="null"/> (the default): noise of the
    /// normal distribution, times the upper end of the value range. All is cut to the value range.
    /// </param>
    /// <param name="value_range">Between which values pixels are; (0, 255) by default.</param>
    /// <param name="seed">Makes the layer draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public RandomErasing(
        Factor? factor = null,
        Factor? scale = null,
        Scaling? fill_value = null,
        ValueRange? value_range = null,
        int? seed = null,
        string? data_format = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(factor, seed, data_format, name, trainable, dtype)
    {
        Scale = (scale ?? (0.02, 0.33)).Within(0, 1, nameof(scale), ClassName);
        ValueRange = value_range ?? ValueRange.Bytes;
        FillValue = fill_value is { IsPerChannel: true, Count: not 3 }
            ? throw new ArgumentException(
                Invariant(
                    $"The fill_value of RandomErasing is a number, or three, one for each channel, but {fill_value.Count} were given."
                ),
                nameof(fill_value)
            )
            : fill_value;
    }

    /// <summary>The range of shares of the area that are erased.</summary>
    public Factor Scale { get; }

    /// <summary>What the rectangle is filled with; <see langword="null"/>: noise.</summary>
    public Scaling? FillValue { get; }

    /// <summary>Between which values pixels are.</summary>
    public ValueRange ValueRange { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        Shape shape = base.ComputeOutputShape(inputShape);
        int? channels = shape[DataFormat == Spatial.ChannelsLast ? shape.Rank - 1 : shape.Rank - 3];
        return FillValue is { IsPerChannel: true } && channels is not (null or 3)
            ? throw new ArgumentException(
                $"RandomErasing '{Name}' has a fill_value for each of three channels, but its input's shape is {shape}."
            )
            : shape;
    }

    internal override ImageView View(ImageDraws draws)
    {
        Tensor sides = draws.Uniform(Scale.Lower, Scale.Upper, draws.Batch, 2).sqrt_();
        Tensor columns = Within(draws, sides.select(1, 0), draws.Width).view(-1, 1, 1, draws.Width);
        Tensor rows = Within(draws, sides.select(1, 1), draws.Height).view(-1, 1, draws.Height, 1);
        Tensor erased = columns.logical_and(rows).logical_and(Chosen(draws));
        Tensor fill = Fill(draws).Between(ValueRange.Low, ValueRange.High);
        return new ImageView(x => where(erased, fill.to(x.dtype), x));
    }

    // Whether each row or column lies within the rectangle of each image, (batch, size).
    private static Tensor Within(ImageDraws draws, Tensor share, long size)
    {
        Tensor length = share.Times(size);
        Tensor start = draws.Uniform(0, 1, draws.Batch).mul_(length.SubtractedFrom(size)).unsqueeze(1);
        Tensor all = Arithmetic.Range(0, size, ScalarType.Float32, draws.Device);
        return all.ge(start).logical_and_(all.lt(start.Plus(length.unsqueeze(1))));
    }

    private Tensor Fill(ImageDraws draws) =>
        FillValue is null
            ? draws.Normal(draws.Batch, draws.Channels, draws.Height, draws.Width).Scale(ValueRange.High)
            : tensor([.. FillValue], ScalarType.Float32, draws.Device).view(1, -1, 1, 1);
}
