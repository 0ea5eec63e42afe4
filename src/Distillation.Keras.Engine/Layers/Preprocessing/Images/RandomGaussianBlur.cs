using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>In training: blurs some of the images. Otherwise the identity.</summary>
/// <remarks>
/// For each image a probability is drawn from the factor, and then whether it is blurred. The two standard deviations of the Gaussian are
/// drawn once for the whole batch. There are zeros beyond the border, so that it becomes darker.
/// Source: <c>keras/src/layers/preprocessing/image_preprocessing/random_gaussian_blur.py</c>.
/// </remarks>
public sealed class RandomGaussianBlur : RandomColorLayer
{
    /// <inheritdoc cref="RandomGaussianBlur" path="/summary"/>
    /// <param name="factor">The probability: 1 by default. A number from 0 to 1, that is (0, factor), or a range (lower, upper).</param>
    /// <param name="kernel_size">The sizes of the window: one odd number, 3 by default, or two, the width first.</param>
    /// <param name="sigma">
    /// The standard deviations: 1 by default. A number from 0 to 1, that is (0, sigma), or a range (lower, upper).
    /// </param>
    /// <param name="value_range">Between which values pixels are; (0, 255) by default.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="seed">Makes the layer draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public RandomGaussianBlur(
        Factor? factor = null,
        Size? kernel_size = null,
        Factor? sigma = null,
        ValueRange? value_range = null,
        string? data_format = null,
        int? seed = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(value_range, seed, data_format, name, trainable, dtype)
    {
        Factor = (factor ?? 1.0).Within(0, 1, nameof(factor), ClassName);
        Sigma = (sigma ?? 1.0).Within(0, 1, nameof(sigma), ClassName);
        KernelSize = (kernel_size ?? 3).Expand(2, nameof(kernel_size));
        if (KernelSize.Any(s => s % 2 == 0))
        {
            throw new ArgumentException(
                $"The kernel_size of {ClassName} is odd, so that there is a pixel in the middle, but {KernelSize} was given.",
                nameof(kernel_size)
            );
        }
    }

    // Keras keeps deviations from being 0.
    private const double Least = 1e-6;

    /// <summary>The range from which probabilities are drawn.</summary>
    public Factor Factor { get; }

    /// <summary>The sizes of the window.</summary>
    public Size KernelSize { get; }

    /// <summary>The range from which standard deviations are drawn.</summary>
    public Factor Sigma { get; }

    internal override ImageView View(ImageDraws draws)
    {
        Tensor probability = draws.PerImage(Factor);
        Tensor blurs = draws.PerImage().lt(probability);
        (double, double) sigma = (draws.One(Sigma.Lower, Sigma.Upper) + Least, draws.One(Sigma.Lower, Sigma.Upper) + Least);
        return new ImageView(images => Blurred(images, blurs, sigma));
    }

    /// <summary>Images, (batch, channels, height, width), blurred where (batch, 1, 1, 1) says so.</summary>
    internal Tensor Blurred(Tensor images, Tensor blurs, (double, double) sigma)
    {
        float[,] window = ImageFilters.Gaussian((KernelSize[0], KernelSize[1]), sigma);
        return Clipped(where(blurs, ImageFilters.Filtered(images, window), images));
    }
}
