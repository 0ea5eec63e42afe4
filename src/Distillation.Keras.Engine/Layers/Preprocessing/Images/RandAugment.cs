namespace Distillation.Keras.Layers;

/// <summary>In training: does to the images some things of eleven, chosen at random for each batch. Otherwise the identity.</summary>
/// <remarks>
/// <para>
/// Each step is one of <see cref="RandomShear"/>, <see cref="RandomTranslation"/>, <see cref="RandomRotation"/>,
/// <see cref="RandomBrightness"/>, <see cref="RandomColorDegeneration"/>, <see cref="RandomContrast"/>, <see cref="RandomSharpness"/>,
/// <see cref="RandomPosterization"/>, <see cref="Solarization"/>, <see cref="AutoContrast"/> and <see cref="Equalization"/>, the same for
/// all images of a batch; how much is drawn for each image. Where one comes twice it does the same again. Images have one channel or three.
/// </para>
/// <para>
/// Source: <c>keras/src/layers/preprocessing/image_preprocessing/rand_augment.py</c>; Cubuk et al. 2020.
/// </para>
/// </remarks>
public sealed class RandAugment : RandomColorLayer
{
    private readonly BaseImagePreprocessingLayer[] _steps;

    /// <inheritdoc cref="RandAugment" path="/summary"/>
    /// <param name="value_range">Between which values pixels are; (0, 255) by default.</param>
    /// <param name="num_ops">How many steps there are one after the other, 0 or more; 2 by default.</param>
    /// <param name="factor">
    /// How much the steps do: 0.5 by default. A number from 0 to 1, that is (0, factor), or a range (lower, upper).
    /// </param>
    /// <param name="interpolation">
    /// How values between pixels are found: <c>"bilinear"</c> (the default) or <c>"nearest"</c>.
    /// </param>
    /// <param name="seed">Makes the layer draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public RandAugment(
        ValueRange? value_range = null,
        int num_ops = 2,
        Factor? factor = null,
        string interpolation = "bilinear",
        int? seed = null,
        string? data_format = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(value_range, seed, data_format, name, trainable, dtype)
    {
        ArgumentNullException.ThrowIfNull(interpolation);
        NumOps = Arguments.AtLeast(0, num_ops);
        Factor = ImageAugmentations.Strength(factor ?? 0.5, ClassName);
        Interpolation = interpolation;
        _steps = ImageAugmentations.All(Factor, ValueRange, interpolation);
    }

    /// <summary>How many steps there are.</summary>
    public int NumOps { get; }

    /// <summary>The range of how much the steps do.</summary>
    public Factor Factor { get; }

    /// <summary>How values between pixels are found.</summary>
    public string Interpolation { get; }

    private protected override IReadOnlyList<int> AllowedChannels => ImageChannels.ColorsOrGrey;

    internal override ImageView View(ImageDraws draws)
    {
        var drawn = new ImageView?[_steps.Length];
        var steps = new ImageView[NumOps];
        for (int i = 0; i < steps.Length; i++)
        {
            int choice = ImageAugmentations.Choice(draws, _steps.Length);
            steps[i] = drawn[choice] ??= _steps[choice].View(draws);
        }

        return steps.Length == 0
            ? ImageView.Identity
            : new ImageView(
                images => ImageAugmentations.OfImages(images, steps),
                OfMasks: masks => ImageAugmentations.OfMasks(masks, steps)
            );
    }
}
