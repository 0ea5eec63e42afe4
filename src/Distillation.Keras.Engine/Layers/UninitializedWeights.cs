using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// Weights that are made without first values, as a file gives them theirs: no time is spent on them, and a configuration cannot ask for
/// more memory than its file has values for.
/// </summary>
internal static class UninitializedWeights
{
    private const string NoValues = "the file has no values for that many: the configuration does not belong to its weights";

    [ThreadStatic]
    private static Scope? _current;

    /// <summary>Has weights made on this thread so, until it is disposed.</summary>
    /// <param name="bytes">How many bytes of weights there are.</param>
    /// <param name="reason">Why there are no more, as a refusal says it: "but ...".</param>
    public static IDisposable Allow(double bytes, string reason = NoValues) => _current = new Scope(bytes, reason, _current);

    /// <summary>A weight without values; <see langword="null"/> where weights have first values.</summary>
    /// <exception cref="ArgumentException">The file has not that many values.</exception>
    public static Tensor? Take(string what, Shape shape, ScalarType type)
    {
        Count(what, shape, type);
        return _current is null ? null : empty(shape.ToSizes(), type);
    }

    /// <summary>Counts a weight that has first values as one of those that the file has values for.</summary>
    /// <exception cref="ArgumentException">The file has not that many values.</exception>
    public static void Count(string what, Shape shape, ScalarType type)
    {
        if (_current is not { } scope)
        {
            return;
        }

        double bytes = SystemMemory.SizeOf(type);
        foreach (int? size in shape)
        {
            bytes *= size ?? 0;
        }

        scope.Left -= bytes;
        if (scope.Left < 0)
        {
            throw new ArgumentException($"{what} is of shape {shape}, but {scope.Reason}.");
        }
    }

    private sealed class Scope(double bytes, string reason, Scope? outer) : IDisposable
    {
        public string Reason => reason;

        public double Left { get; set; } = bytes;

        public void Dispose() => _current = outer;
    }
}
