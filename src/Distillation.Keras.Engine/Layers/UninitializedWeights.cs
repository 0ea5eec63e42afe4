using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// Weights that are made without first values, as a file gives them theirs: no time is spent on them, and a configuration cannot ask for
/// more memory than its file has values for. The sums of metrics, which no file has, have a bound of their own.
/// </summary>
internal static class UninitializedWeights
{
    private const double MostSums = 1 << 26;

    [ThreadStatic]
    private static Scope? _current;

    /// <summary>Has weights made on this thread so, until it is disposed.</summary>
    /// <param name="bytes">How many bytes of weights there are.</param>
    public static IDisposable Allow(double bytes) => _current = new Scope(bytes, areEmpty: true, _current);

    /// <summary>Bounds, until it is disposed, the sums of metrics that this thread makes. Weights are made as always.</summary>
    public static IDisposable BoundSums() => _current = new Scope(double.PositiveInfinity, areEmpty: false, _current);

    /// <summary>A weight without values; <see langword="null"/> where weights have first values.</summary>
    /// <exception cref="ArgumentException">The file has not that many values.</exception>
    public static Tensor? Take(string what, Shape shape, ScalarType type)
    {
        Count(what, shape, type);
        return _current is { AreEmpty: true } ? empty(shape.ToSizes(), type) : null;
    }

    /// <summary>Counts a weight that has first values as one of those that the file has values for.</summary>
    /// <exception cref="ArgumentException">The file has not that many values.</exception>
    public static void Count(string what, Shape shape, ScalarType type)
    {
        if (_current is { } scope && (scope.Weights -= BytesOf(shape, type)) < 0)
        {
            throw new ArgumentException(
                $"{what} is of shape {shape}, but the file has no values for that many: the configuration does not belong to its weights."
            );
        }
    }

    /// <summary>Counts a sum of a metric, which may have a value for each threshold that it was asked for.</summary>
    /// <exception cref="ArgumentException">The metrics of a file have too many.</exception>
    public static void CountSum(string what, Shape shape, ScalarType type)
    {
        if (_current is { } scope && (scope.Sums -= BytesOf(shape, type)) < 0)
        {
            throw new ArgumentException(
                $"{what} is of shape {shape}, but the metrics of a file have 64 MiB together. Load it by compile: false, and compile the "
                    + "model yourself."
            );
        }
    }

    private static double BytesOf(Shape shape, ScalarType type)
    {
        double bytes = SystemMemory.SizeOf(type);
        foreach (int? size in shape)
        {
            bytes *= size ?? 0;
        }

        return bytes;
    }

    private sealed class Scope(double weights, bool areEmpty, Scope? outer) : IDisposable
    {
        public bool AreEmpty => areEmpty;

        public double Weights { get; set; } = weights;

        public double Sums { get; set; } = MostSums;

        public void Dispose() => _current = outer;
    }
}
