using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>How values between pixels are found.</summary>
/// <remarks>
/// Positions are computed in float32, as TensorFlow does, whose numbers they are to give. Source:
/// <c>tensorflow/core/kernels/image/scale_and_translate_op.cc</c> (lanczos, and all with antialiasing), <c>resize_bicubic_op.cc</c>,
/// <c>resize_area_op.cc</c> and <c>sampling_kernels.h</c>.
/// </remarks>
internal static class Interpolations
{
    private const string Bicubic = "bicubic";
    private const string Area = "area";
    private const int TableSize = 1024;

    private static readonly Dictionary<string, (int Radius, Func<double, double> Kernel)> Known = new(StringComparer.Ordinal)
    {
        ["bilinear"] = (1, x => Math.Max(0, 1 - x)),
        [Bicubic] = (2, Cubic),
        ["lanczos3"] = (3, x => Lanczos(x, 3)),
        ["lanczos5"] = (5, x => Lanczos(x, 5)),
    };

    /// <summary>The words of those that take means of neighbours, without <c>area</c>.</summary>
    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>What each old entry of an axis counts for each new one: a matrix (new size, old size), whose rows sum to 1.</summary>
    /// <param name="name">One of <see cref="Names"/>, or <c>area</c>.</param>
    /// <param name="size">The old size.</param>
    /// <param name="target">The new size.</param>
    /// <param name="antialias">Whether the kernel grows where the axis shrinks, so that every old entry counts.</param>
    /// <param name="like">A tensor of the type and on the device that are wanted.</param>
    public static Tensor Weights(string name, int size, int target, bool antialias, Tensor like)
    {
        SystemMemory.Require($"The weights of the interpolation \"{name}\"", new Shape(target, size), ScalarType.Float64);
        double[,] weights = new double[target, size];
        for (int row = 0; row < target; row++)
        {
            foreach ((int column, double weight) in Neighbours(name, size, target, antialias, row))
            {
                weights[row, column] = weight;
            }
        }

        return tensor(weights, device: CPU).to(like.dtype, like.device);
    }

    /// <summary>The two old entries between which each new one lies, and how far it is from the first, for <c>bilinear</c>.</summary>
    public static (long[] Lower, long[] Upper, float[] Distance) Between(int size, int target)
    {
        float step = (float)size / target;
        long[] lower = new long[target];
        long[] upper = new long[target];
        float[] distance = new float[target];
        for (int i = 0; i < target; i++)
        {
            float at = ((i + 0.5f) * step) - 0.5f;
            float floor = MathF.Floor(at);
            lower[i] = Math.Max((long)floor, 0);
            upper[i] = Math.Min((long)MathF.Ceiling(at), size - 1);
            distance[i] = at - floor;
        }

        return (lower, upper, distance);
    }

    /// <summary>The old entry nearest to each new one.</summary>
    public static long[] Nearest(int size, int target)
    {
        float step = (float)size / target;
        return [.. Enumerable.Range(0, target).Select(i => Math.Min((long)MathF.Floor((i + 0.5f) * step), size - 1))];
    }

    private static IEnumerable<(int Column, double Weight)> Neighbours(string name, int size, int target, bool antialias, int row)
    {
        (int Column, double Weight)[] found = name switch
        {
            Area => Overlaps(size, target, row),
            Bicubic when !antialias => FromTable(size, target, row),
            _ => Kernel(name, size, target, antialias, row),
        };
        double sum = found.Sum(f => f.Weight);
        return found.Select(f => (f.Column, f.Weight / sum));
    }

    private static (int Column, double Weight)[] Kernel(string name, int size, int target, bool antialias, int row)
    {
        (int radius, Func<double, double> kernel) = Known[name];
        float step = 1 / ((float)target / size);
        float stretch = antialias ? Math.Max(step, 1) : 1;
        float centre = (row + 0.5f) * step;
        int first = Math.Clamp((int)MathF.Ceiling(centre - (radius * stretch) - 0.5f), 0, size - 1);
        int last = Math.Clamp((int)MathF.Floor(centre + (radius * stretch) - 0.5f), 0, size - 1);
        return
        [
            .. Enumerable
                .Range(first, last - first + 1)
                .Select(column => (column, kernel(MathF.Abs((column + 0.5f - centre) * (1 / stretch))))),
        ];
    }

    // TensorFlow takes the kernel from a table, with distances rounded to its steps.
    private static (int Column, double Weight)[] FromTable(int size, int target, int row)
    {
        float at = ((row + 0.5f) * ((float)size / target)) - 0.5f;
        int floor = (int)MathF.Floor(at);
        double distance = MathF.Round((at - floor) * TableSize) / TableSize;
        return [.. Enumerable.Range(floor - 1, 4).Where(c => c >= 0 && c < size).Select(c => (c, Cubic(Math.Abs(c - floor - distance))))];
    }

    private static (int Column, double Weight)[] Overlaps(int size, int target, int row)
    {
        float step = (float)size / target;
        float from = row * step;
        float to = (row + 1) * step;
        int first = (int)MathF.Floor(from);
        int last = Math.Min((int)MathF.Ceiling(to), size) - 1;
        return [.. Enumerable.Range(first, last - first + 1).Select(c => (c, (double)(Math.Min(c + 1, to) - Math.Max(c, from))))];
    }

    // Keys' kernel with a = -0.5.
    private static double Cubic(double x)
    {
        const double A = -0.5;
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
