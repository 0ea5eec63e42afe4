using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Random numbers for mixing images: shares of two or of several, drawn on the host.</summary>
internal static class ImageMixing
{
    /// <summary>For each image of a batch another one, all in turn: (batch), int64.</summary>
    public static Tensor Permutation(ImageDraws draws) =>
        randperm(draws.Batch, ScalarType.Int64, CPU, generator: draws.Generator).to(draws.Device);

    /// <summary>Numbers of the beta distribution with both parameters alike: float32, (count), each from 0 to 1.</summary>
    /// <param name="parameter">The parameter: the smaller, the nearer the numbers are to 0 or to 1.</param>
    /// <param name="count">How many.</param>
    /// <param name="generator">The random numbers.</param>
    public static Tensor Shares(double parameter, long count, Generator generator)
    {
        Tensor gammas = LogarithmsOfGamma(parameter, [2, count], generator);
        return gammas.select(0, 0).sub(gammas.select(0, 1)).sigmoid().to(ScalarType.Float32);
    }

    /// <summary>Numbers of the Dirichlet distribution with all parameters alike: they sum to 1.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="count">How many.</param>
    /// <param name="generator">The random numbers.</param>
    public static double[] SharesOfAll(double parameter, long count, Generator generator)
    {
        using Tensor shares = LogarithmsOfGamma(parameter, [count], generator).softmax(0);
        return shares.data<double>().ToArray();
    }

    /// <summary>Segmentation masks that can be mixed.</summary>
    /// <exception cref="ArgumentException">They hold whole numbers, of which there are no shares.</exception>
    public static Tensor Mixable(Tensor masks, BaseImagePreprocessingLayer layer) =>
        masks.is_floating_point()
            ? masks
            : throw new ArgumentException(
                $"{layer.ClassName} '{layer.Name}' mixes segmentation masks, so that they hold floating-point numbers, one channel for "
                    + $"each class, but their type is {masks.dtype}. Make them one-hot, and call to(torch.float32)."
            );

    /// <summary>share · own + (1 - share) · other, as floating-point numbers.</summary>
    /// <param name="own">(batch, ...).</param>
    /// <param name="other">Of the same shape.</param>
    /// <param name="shares">(batch), float32.</param>
    public static Tensor Mixed(Tensor own, Tensor other, Tensor shares)
    {
        long[] sizes = new long[own.dim()];
        Array.Fill(sizes, 1);
        sizes[0] = -1;
        Tensor share = (own.is_floating_point() ? shares.to(own.dtype) : shares).reshape(sizes);
        return share.mul(own).Plus(share.Complement().mul(other));
    }

    // Numbers of small parameters are too small for floating-point numbers, but their logarithms are not: a number of the parameter is one
    // of the parameter + 1, times a uniform one to the power of 1 / parameter.
    private static Tensor LogarithmsOfGamma(double parameter, long[] sizes, Generator generator)
    {
        Tensor shape = Arithmetic.Filled(sizes, parameter + 1, ScalarType.Float64, CPU);
        Tensor uniform = rand(sizes, ScalarType.Float64, CPU, generator: generator).Complement();
        return _standard_gamma(shape, generator).log().Accumulate(uniform.log().Over(parameter));
    }
}
