using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>How values between pixels are found.</summary>
/// <remarks>
/// Source: <c>tensorflow/core/kernels/image/scale_and_translate_op.cc</c> (lanczos), <c>resize_bicubic_op.cc</c> and
/// <c>sampling_kernels.h</c>, without antialiasing.
/// </remarks>
internal static class Interpolations
{
    private const int TableSize = 1024;

    private static readonly Dictionary<string, (int Radius, Func<double, double> Kernel)> Known = new(StringComparer.Ordinal)
    {
        ["bilinear"] = (1, x => Math.Max(0, 1 - x)),
        ["bicubic"] = (2, Cubic),
        ["lanczos3"] = (3, x => Lanczos(x, 3)),
        ["lanczos5"] = (5, x => Lanczos(x, 5)),
    };

    /// <summary>The words.</summary>
    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>What each old entry of an axis counts for each new one: a matrix (new size, old size), whose rows sum to 1.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="size">The old size.</param>
    /// <param name="factor">How many new entries there are for an old one.</param>
    /// <param name="like">A tensor of the type and on the device that are wanted.</param>
    public static Tensor Weights(string name, int size, int factor, Tensor like)
    {
        (int radius, Func<double, double> kernel) = Known[name];
        SystemMemory.Require($"The weights of the interpolation \"{name}\"", new Shape(size * factor, size), ScalarType.Float64);
        double[,] weights = new double[size * factor, size];
        for (int row = 0; row < size * factor; row++)
        {
            double centre = ((row + 0.5) / factor) - 0.5;
            int first = Math.Max(0, (int)Math.Ceiling(centre - radius));
            int last = Math.Min(size - 1, (int)Math.Floor(centre + radius));
            double sum = 0;
            for (int column = first; column <= last; column++)
            {
                weights[row, column] = kernel(Math.Abs(column - centre));
                sum += weights[row, column];
            }

            for (int column = first; column <= last; column++)
            {
                weights[row, column] /= sum;
            }
        }

        return tensor(weights, device: CPU).to(like.dtype, like.device);
    }

    // Keys' kernel with a = -0.5. TensorFlow takes it from a table, with distances rounded to its steps.
    private static double Cubic(double distance)
    {
        const double A = -0.5;
        double x = Math.Round(distance * TableSize) / TableSize;
        return x switch
        {
            < 1 => ((((A + 2) * x) - (A + 3)) * x * x) + 1,
            < 2 => ((((A * x) - (5 * A)) * x) + (8 * A)) * x - (4 * A),
            _ => 0,
        };
    }

    private static double Lanczos(double x, int radius) =>
        x switch
        {
            _ when x > radius => 0,
            <= 1e-3 => 1,
            _ => radius * Math.Sin(Math.PI * x) * Math.Sin(Math.PI * x / radius) / (Math.PI * Math.PI * x * x),
        };
}
