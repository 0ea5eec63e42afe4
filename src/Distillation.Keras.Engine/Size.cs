using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras;

/// <summary>
/// One to three positive sizes, one for each spatial axis: a kernel's size, strides, a pooling window, a dilation rate.
/// </summary>
/// <remarks>
/// Immutable and safe to share between threads. Converts from <c>3</c> (the same for every axis), <c>(3, 3)</c>, <c>[3, 3]</c> and, for F#,
/// from <see cref="Tuple"/>: <c>new Conv2D(32, (3, 3))</c> and <c>Conv2D(32, (3, 3), strides = (2, 2))</c> both compile.
/// </remarks>
[CollectionBuilder(typeof(Size), nameof(Create))]
public sealed class Size : IReadOnlyList<int>, IEquatable<Size>, IConfigValue<Size>
{
    private readonly int[] _values;

    /// <summary>One size for all axes, or one for each.</summary>
    /// <param name="values">One value for all axes, or one value for each axis.</param>
    /// <exception cref="ArgumentException">There is no value.</exception>
    public Size(params int[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Length == 0)
        {
            throw new ArgumentException("A size has at least one value, but none was given.", nameof(values));
        }

        _values = [.. values];
    }

    /// <summary>What C# makes of <c>[3, 3]</c>.</summary>
    public static Size Create(ReadOnlySpan<int> values) => new(values.ToArray());

    /// <inheritdoc/>
    public int Count => _values.Length;

    /// <summary>The value of an axis.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public int this[int index] =>
        index >= 0 && index < _values.Length
            ? _values[index]
            : throw new ArgumentOutOfRangeException(nameof(index), index, $"The size {this} has {_values.Length} values.");

    /// <summary>This size with one value for each of <paramref name="rank"/> axes, checked to be positive.</summary>
    /// <param name="rank">How many axes there are.</param>
    /// <param name="argument">The argument's name, for the message.</param>
    /// <exception cref="ArgumentException">The number of values does not fit, or one is not positive.</exception>
    public Size Expand(int rank, string argument) => Expand(rank, argument, allowZero: false);

    /// <summary>The same for values that may be zero.</summary>
    internal Size Expand(int rank, string argument, bool allowZero)
    {
        ArgumentNullException.ThrowIfNull(argument);
        if (_values.Length != 1 && _values.Length != rank)
        {
            throw new ArgumentException(Invariant($"'{argument}' takes one integer or {rank} of them, but {this} was given."), argument);
        }

        if (Array.Exists(_values, v => v < (allowZero ? 0 : 1)))
        {
            string rule = allowZero ? "integers that are not negative" : "positive integers";
            throw new ArgumentException($"'{argument}' takes {rule}, but {this} was given.", argument);
        }

        return _values.Length == rank ? this : new Size(Enumerable.Repeat(_values[0], rank).ToArray());
    }

    /// <summary>The values as libtorch wants them.</summary>
    public long[] ToSizes() => Array.ConvertAll(_values, v => (long)v);

    /// <summary>A list of the values.</summary>
    public JsonNode ToJson() => new JsonArray([.. _values.Select(v => (JsonNode?)JsonValue.Create(v))]);

    /// <inheritdoc cref="IConfigValue{TSelf}.FromJson"/>
    public static Size FromJson(JsonNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return new Size(node is JsonArray ? ConfigPrimitives.Integers(node) : [ConfigPrimitives.Integer(node)]);
    }

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)_values).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _values.GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(Size? other) => other is not null && _values.AsSpan().SequenceEqual(other._values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Size);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (int value in _values)
        {
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    /// <summary>The values as Python writes them: <c>(3, 3)</c>.</summary>
    public override string ToString() =>
        _values.Length == 1
            ? _values[0].ToString(CultureInfo.InvariantCulture)
            : $"({string.Join(", ", _values.Select(v => Invariant($"{v}")))})";

    /// <summary>One value for all axes.</summary>
    public static implicit operator Size(int value) => new(value);

    /// <summary>One value for each axis.</summary>
    public static implicit operator Size(int[] values) => new(values);

    /// <summary>One value for each axis, as libtorch has them.</summary>
    /// <exception cref="ArgumentException">A value is above what an <see cref="int"/> holds.</exception>
    public static implicit operator Size(long[] values) => new(LongSizes.ToInt(values));

    /// <summary>A value for each of two axes.</summary>
    public static implicit operator Size((int, int) s) => new(s.Item1, s.Item2);

    /// <summary>A value for each of three axes.</summary>
    public static implicit operator Size((int, int, int) s) => new(s.Item1, s.Item2, s.Item3);

    /// <summary>A value for each of two axes, from an F# tuple.</summary>
    public static implicit operator Size(Tuple<int, int> s) => new((s ?? throw new ArgumentNullException(nameof(s))).Item1, s.Item2);

    /// <summary>A value for each of three axes, from an F# tuple.</summary>
    public static implicit operator Size(Tuple<int, int, int> s) =>
        new((s ?? throw new ArgumentNullException(nameof(s))).Item1, s.Item2, s.Item3);
}
