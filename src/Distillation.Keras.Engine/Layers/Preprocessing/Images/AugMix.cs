using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// In training: mixes the images with what chains of random changes make of them. Otherwise the identity.
/// </summary>
/// <remarks>
/// <para>
/// Each step of a chain is one of <see cref="RandomShear"/>, <see cref="RandomTranslation"/>, <see cref="RandomRotation"/>,
/// <see cref="RandomPosterization"/>, <see cref="Solarization"/>, <see cref="AutoContrast"/>, <see cref="Equalization"/> and, with
/// <c>all_ops</c>, <see cref="RandomBrightness"/>, <see cref="RandomColorDegeneration"/>, <see cref="RandomContrast"/> and
/// <see cref="RandomSharpness"/>, or none, the same for all images of a batch; how much is drawn for each image. The chains are mixed by
/// shares of the Dirichlet distribution, the result and the images by one of the beta distribution, and all is cut to the range of values.
/// With <c>all_ops</c> images have one channel or three.
/// </para>
/// <para>
/// Which steps are taken is drawn from Python's own random numbers in Keras, whatever the seed; here the seed fixes it. Source:
/// <c>keras/src/layers/preprocessing/image_preprocessing/aug_mix.py</c>; Hendrycks et al. 2020.
/// </para>
/// </remarks>
public sealed class AugMix : RandomColorLayer
{
    private readonly BaseImagePreprocessingLayer[] _steps;

    /// <inheritdoc cref="AugMix" path="/summary"/>
    /// <param name="value_range">Between which values pixels are; (0, 255) by default.</param>
    /// <param name="num_chains">How many chains are mixed, 1 or more; 3 by default.</param>
    /// <param name="chain_depth">How many steps a chain has at most, 0 or more; 3 by default.</param>
    /// <param name="factor">
    /// How much the steps do: 0.3 by default. A number from 0 to 1, that is (0, factor), or a range (lower, upper).
    /// </param>
    /// <param name="alpha">The parameter of both distributions, greater than 0; 1 by default.</param>
    /// <param name="all_ops">
    /// Whether steps may be those that change brightness, colours, contrast and sharpness, too; by default yes.
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
    public AugMix(
        ValueRange? value_range = null,
        int num_chains = 3,
        int chain_depth = 3,
        Factor? factor = null,
        double alpha = 1.0,
        bool all_ops = true,
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
        NumChains = Arguments.AtLeast(1, num_chains);
        ChainDepth = Arguments.AtLeast(0, chain_depth);
        Factor = ImageAugmentations.Strength(factor ?? 0.3, ClassName);
        Alpha = Arguments.Positive(alpha);
        AllOps = all_ops;
        Interpolation = interpolation;
        _steps = all_ops
            ? ImageAugmentations.All(Factor, ValueRange, interpolation)
            : ImageAugmentations.Plain(Factor, ValueRange, interpolation);
    }

    /// <summary>How many chains are mixed.</summary>
    public int NumChains { get; }

    /// <summary>How many steps a chain has at most.</summary>
    public int ChainDepth { get; }

    /// <summary>The range of how much the steps do.</summary>
    public Factor Factor { get; }

    /// <summary>The parameter of both distributions.</summary>
    public double Alpha { get; }

    /// <summary>Whether steps may be those that change brightness, colours, contrast and sharpness, too.</summary>
    public bool AllOps { get; }

    /// <summary>How values between pixels are found.</summary>
    public string Interpolation { get; }

    private protected override IReadOnlyList<int>? AllowedChannels => AllOps ? ImageChannels.ColorsOrGrey : null;

    internal override ImageView View(ImageDraws draws)
    {
        double[] weights = ImageMixing.SharesOfAll(Alpha, NumChains, draws.Generator);
        using Tensor share = ImageMixing.Shares(Alpha, 1, draws.Generator);
        double own = share.data<float>()[0];
        ImageView[][] chains = [.. Enumerable.Range(0, NumChains).Select(_ => Chain(draws))];
        return new ImageView(
            images => Clipped(Mixed(images, [.. chains.Select(c => ImageAugmentations.OfImages(images, c))], weights, own)),
            OfMasks: masks =>
                Mixed(ImageMixing.Mixable(masks, this), [.. chains.Select(c => ImageAugmentations.OfMasks(masks, c))], weights, own)
        );
    }

    /// <summary>own · images + (1 - own) · the changed ones, weighed by weights that sum to 1.</summary>
    internal static Tensor Mixed(Tensor images, IReadOnlyList<Tensor> changed, IReadOnlyList<double> weights, double own)
    {
        Tensor sum = zeros_like(images);
        for (int i = 0; i < changed.Count; i++)
        {
            sum = sum.PlusScaled(changed[i], weights[i]);
        }

        return images.Times(own).PlusScaled(sum, 1 - own);
    }

    // For each step one of the layers, or none.
    private ImageView[] Chain(ImageDraws draws)
    {
        var steps = new List<ImageView>();
        for (int i = 0; i < ChainDepth; i++)
        {
            int choice = ImageAugmentations.Choice(draws, _steps.Length + 1);
            if (choice < _steps.Length)
            {
                steps.Add(_steps[choice].View(draws));
            }
        }

        return [.. steps];
    }
}
