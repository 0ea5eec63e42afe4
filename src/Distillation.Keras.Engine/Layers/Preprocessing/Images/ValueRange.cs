using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Layers;

/// <summary>Between which values pixels are: (0, 255) for bytes, (0, 1) for images that were scaled.</summary>
/// <remarks>
/// Immutable and safe to share between threads. Converts from <c>(0, 255)</c>, <c>[0, 255]</c> and, for F#, from <see cref="Tuple"/>.
/// </remarks>
[CollectionBuilder(typeof(ValueRange), nameof(Create))]
public sealed class ValueRange : IConfigValue<ValueRange>
{
    /// <summary>The two ends.</summary>
    /// <param name="low">The least value.</param>
    /// <param name="high">The greatest value, above the least.</param>
    /// <exception cref="ArgumentException">The ends are not finite, or not in order.</exception>
    public ValueRange(double low, double high)
    {
        Low = Arguments.Finite(low);
        High = Arguments.Finite(high);
        if (!(low < high))
        {
            throw new ArgumentException(
                Invariant($"A value_range is (low, high), with low below high, but ({low}, {high}) was given."),
                nameof(high)
            );
        }
    }

    /// <summary>What C# makes of <c>[0, 255]</c>.</summary>
    public static ValueRange Create(ReadOnlySpan<double> ends) =>
        ends is [double low, double high]
            ? new(low, high)
            : throw new ArgumentException(Invariant($"A value_range is (low, high), but {ends.Length} numbers were given."), nameof(ends));

    /// <summary>The two ends.</summary>
    public IEnumerator<double> GetEnumerator() => ((IEnumerable<double>)[Low, High]).GetEnumerator();

    /// <summary>From 0 to 255, Keras' default.</summary>
    public static ValueRange Bytes { get; } = new(0, 255);

    /// <summary>The least value.</summary>
    public double Low { get; }

    /// <summary>The greatest value.</summary>
    public double High { get; }

    /// <inheritdoc/>
    public JsonNode ToJson() => new JsonArray(ConfigWriter.Real(Low), ConfigWriter.Real(High));

    /// <inheritdoc/>
    public override string ToString() => Invariant($"({Low}, {High})");

    /// <inheritdoc cref="IConfigValue{TSelf}.FromJson"/>
    public static ValueRange FromJson(JsonNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return ConfigPrimitives.Reals(node) is [double low, double high]
            ? new ValueRange(low, high)
            : throw new FormatException($"A value_range is a list of two numbers, but there is {KerasSerializer.Shorten(node)}.");
    }

    /// <summary>(low, high).</summary>
    public static implicit operator ValueRange((double, double) range) => new(range.Item1, range.Item2);

    /// <summary>(low, high), from an F# tuple.</summary>
    public static implicit operator ValueRange(Tuple<double, double> range)
    {
        ArgumentNullException.ThrowIfNull(range);
        return new ValueRange(range.Item1, range.Item2);
    }

    /// <summary>(low, high), from an F# tuple of whole numbers.</summary>
    public static implicit operator ValueRange(Tuple<int, int> range)
    {
        ArgumentNullException.ThrowIfNull(range);
        return new ValueRange(range.Item1, range.Item2);
    }

    /// <summary>(low, high), from an F# tuple of a whole number and a fraction.</summary>
    public static implicit operator ValueRange(Tuple<int, double> range)
    {
        ArgumentNullException.ThrowIfNull(range);
        return new ValueRange(range.Item1, range.Item2);
    }

    /// <summary>(low, high), from an F# tuple of a fraction and a whole number.</summary>
    public static implicit operator ValueRange(Tuple<double, int> range)
    {
        ArgumentNullException.ThrowIfNull(range);
        return new ValueRange(range.Item1, range.Item2);
    }
}
