using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Windows that go over each channel of whole batches, with zeros beyond the border. The results are new tensors.</summary>
internal static class ImageFilters
{
    /// <summary>The weights of a Gaussian blur, (height, width), which sum to 1.</summary>
    /// <remarks>
    /// The width comes first, as all of Keras' backends have it, whatever the documentation says. Where the two sizes differ, numpy's and
    /// JAX' weights are a Gaussian as well, those of TensorFlow and PyTorch are laid out in rows of a wrong length.
    /// </remarks>
    /// <param name="size">The sizes along the width and the height.</param>
    /// <param name="sigma">The standard deviations along the width and the height, greater than 0.</param>
    public static float[,] Gaussian((int Width, int Height) size, (double Width, double Height) sigma)
    {
        double[] across = Bell(size.Width, sigma.Width);
        double[] down = Bell(size.Height, sigma.Height);
        float[,] weights = new float[size.Height, size.Width];
        for (int row = 0; row < size.Height; row++)
        {
            for (int column = 0; column < size.Width; column++)
            {
                weights[row, column] = (float)(down[row] * across[column]);
            }
        }

        return weights;
    }

    /// <summary>Each channel of each image, filtered by a window.</summary>
    /// <param name="images">(batch, channels, height, width), floating-point numbers.</param>
    /// <param name="window">The weights of the window, (height, width).</param>
    public static Tensor Filtered(Tensor images, float[,] window)
    {
        (int height, int width) = (window.GetLength(0), window.GetLength(1));
        long channels = images.size(1);
        Tensor kernel = tensor(window, device: CPU).to(images.dtype, images.device).expand(channels, 1, height, width);

        // Of a window of even size Keras pads the greater half behind.
        (long, long)[] sides = [((height - 1L) / 2, height / 2L), ((width - 1L) / 2, width / 2L)];
        bool isOdd = height % 2 == 1 && width % 2 == 1;
        long[] padding = isOdd ? [sides[0].Item1, sides[1].Item1] : [0, 0];
        Tensor padded = isOdd ? images : Spatial.Pad(images, sides, firstAxis: 2);
        bool alone = channels == 1 && images.size(0) == 1;

        // One image of one channel goes as two: libtorch would ask NNPACK, which may write a warning at every call.
        Tensor filtered = nn.functional.conv2d(alone ? cat([padded, padded]) : padded, kernel, null, [1, 1], padding, [1, 1], channels);
        return alone ? filtered.narrow(0, 0, 1) : filtered;
    }

    private static double[] Bell(int size, double sigma)
    {
        double[] values = [.. Enumerable.Range(0, size).Select(i => Math.Exp(-0.5 * Math.Pow((i - ((size - 1) / 2.0)) / sigma, 2)))];
        double sum = values.Sum();
        return Array.ConvertAll(values, v => v / sum);
    }
}
