using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras;

/// <summary>
/// A tensor's sizes, where a size may be unknown (<see langword="null"/>), as the batch axis of a model is.
/// </summary>
/// <remarks>
/// Immutable and safe to share between threads. Converts from <c>28</c>, <c>(28, 28, 1)</c>, <c>[null, 28, 1]</c>, <c>new[] { 28, 28 }</c>,
/// <c>x.shape</c> and, for F#, from <see cref="Tuple"/>, so that <c>new Input((28, 28, 1))</c> and <c>Input(shape = (28, 28, 1))</c> both
/// compile. Whether the batch axis is part of it is said where a shape is used.
/// </remarks>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public sealed class Shape : IReadOnlyList<int?>, IEquatable<Shape>, IConfigValue<Shape>
{
    private readonly int?[] _sizes;

    /// <summary>A shape of known sizes.</summary>
    /// <exception cref="ArgumentException">A size is negative.</exception>
    public Shape(params int[] sizes)
        : this(ToNullable(sizes)) { }

    /// <summary>A shape with sizes that may be unknown (<see langword="null"/>).</summary>
    /// <exception cref="ArgumentException">A size is negative.</exception>
    public Shape(IEnumerable<int?> sizes)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        _sizes = [.. sizes];
        foreach (int? size in _sizes)
        {
            if (size < 0)
            {
                throw new ArgumentException(
                    Invariant($"A shape's sizes are not negative (an unknown size is null), but one of {this} is {size}."),
                    nameof(sizes)
                );
            }
        }
    }

    /// <summary>A shape of known sizes as NumSharp and libtorch have them: <c>new Shape(x.shape)</c>.</summary>
    /// <exception cref="ArgumentException">A size is negative, or above what an <see cref="int"/> holds.</exception>
    public Shape(long[] sizes)
        : this(LongSizes.ToInt(sizes).Select(s => (int?)s)) { }

    /// <summary>What C# makes of <c>[null, 28, 28]</c>.</summary>
    public static Shape Create(ReadOnlySpan<int?> sizes) => new(sizes.ToArray());

    /// <summary>The shape without axes.</summary>
    public static Shape Scalar { get; } = new(Array.Empty<int>());

    /// <summary>The number of axes.</summary>
    public int Rank => _sizes.Length;

    /// <inheritdoc/>
    public int Count => _sizes.Length;

    /// <summary>Whether every size is known.</summary>
    public bool IsFullyKnown => Array.TrueForAll(_sizes, s => s is not null);

    /// <summary>The number of elements, or <see langword="null"/> where a size is unknown.</summary>
    /// <exception cref="OverflowException">There are more than a long can count.</exception>
    public long? ElementCount =>
        Elements is not BigInteger count ? null
        : count <= long.MaxValue ? (long)count
        : throw new OverflowException(
            Invariant($"The shape {this} has {count} elements, more than can be counted (at most {long.MaxValue}).")
        );

    /// <summary>The number of elements, however large; <see langword="null"/> where a size is unknown.</summary>
    internal BigInteger? Elements =>
        IsFullyKnown ? _sizes.Aggregate(BigInteger.One, static (product, size) => product * size!.Value) : null;

    /// <summary>The size of an axis; negative indices count from the end.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public int? this[int index]
    {
        get
        {
            int i = index < 0 ? index + _sizes.Length : index;
            return i >= 0 && i < _sizes.Length
                ? _sizes[i]
                : throw new ArgumentOutOfRangeException(nameof(index), index, Invariant($"The shape {this} has {Rank} axes."));
        }
    }

    /// <summary>The size of an axis that must be known.</summary>
    /// <param name="axis">The axis; negative ones count from the end.</param>
    /// <param name="what">What needs it, for the message.</param>
    /// <exception cref="ArgumentException">The size is unknown.</exception>
    public int Known(int axis, string what)
    {
        ArgumentNullException.ThrowIfNull(what);
        return this[axis]
            ?? throw new ArgumentException(
                Invariant(
                    $"{what} needs axis {axis} of its input to have a known size, but the shape is {this}. Give the size in Input(...)."
                )
            );
    }

    /// <summary>The shape with one size replaced.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public Shape With(int axis, int? size)
    {
        _ = this[axis];
        int?[] sizes = [.. _sizes];
        sizes[axis < 0 ? axis + sizes.Length : axis] = size;
        return new Shape(sizes);
    }

    /// <summary>The axes from <paramref name="start"/> on.</summary>
    public Shape From(int start) => new(_sizes.Skip(start));

    /// <summary>This shape with an axis of unknown size (the batch) before it.</summary>
    public Shape WithBatch(int? batchSize = null) => new(_sizes.Prepend(batchSize));

    /// <summary>
    /// Whether a tensor of the other shape can stand where this one is asked for: equal rank, and equal sizes where both are known.
    /// </summary>
    public bool IsCompatibleWith(Shape other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Rank == other.Rank && _sizes.Zip(other._sizes).All(p => p.First is null || p.Second is null || p.First == p.Second);
    }

    /// <summary>The sizes as libtorch wants them.</summary>
    /// <exception cref="InvalidOperationException">A size is unknown.</exception>
    public long[] ToSizes() =>
        Array.ConvertAll(_sizes, s => (long)(s ?? throw new InvalidOperationException($"The shape {this} has an unknown size.")));

    /// <summary>The shape of a tensor's sizes.</summary>
    /// <exception cref="ArgumentException">A size is negative, or above <see cref="int.MaxValue"/>.</exception>
    public static Shape FromSizes(ReadOnlySpan<long> sizes)
    {
        int?[] result = new int?[sizes.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = sizes[i] is >= 0 and <= int.MaxValue
                ? (int)sizes[i]
                : throw new ArgumentException(
                    Invariant(
                        $"A shape's sizes are from 0 to {int.MaxValue}, but one of ({string.Join(", ", sizes.ToArray())}) is {sizes[i]}."
                    ),
                    nameof(sizes)
                );
        }

        return new Shape(result);
    }

    /// <summary>A list of the sizes, an unknown one as null.</summary>
    public JsonNode ToJson() => new JsonArray([.. _sizes.Select(s => (JsonNode?)(s is int size ? JsonValue.Create(size) : null))]);

    /// <inheritdoc cref="IConfigValue{TSelf}.FromJson"/>
    public static Shape FromJson(JsonNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return node is JsonArray sizes
            ? new Shape(sizes.Select(s => s is null ? null : (int?)ConfigPrimitives.Integer(s)))
            : new Shape(ConfigPrimitives.Integer(node));
    }

    /// <inheritdoc/>
    public IEnumerator<int?> GetEnumerator() => ((IEnumerable<int?>)_sizes).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _sizes.GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(Shape? other) => other is not null && _sizes.AsSpan().SequenceEqual(other._sizes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (int? size in _sizes)
        {
            hash.Add(size);
        }

        return hash.ToHashCode();
    }

    /// <summary>The shape as Python writes it: <c>(None, 28, 28, 1)</c>.</summary>
    public override string ToString() => _sizes.Length == 1 ? $"({Text(_sizes[0])},)" : $"({string.Join(", ", _sizes.Select(Text))})";

    /// <summary>Whether two shapes are equal.</summary>
    public static bool operator ==(Shape? left, Shape? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether two shapes differ.</summary>
    public static bool operator !=(Shape? left, Shape? right) => !(left == right);

    /// <summary>A shape of one axis.</summary>
    public static implicit operator Shape(int size) => new(size);

    /// <summary>A shape from an array of sizes.</summary>
    public static implicit operator Shape(int[] sizes) => new(sizes);

    /// <summary>A shape from an array of sizes as NumSharp and libtorch have them: <c>new Input(x.shape[1..])</c>.</summary>
    /// <exception cref="ArgumentException">A size is negative, or above what an <see cref="int"/> holds.</exception>
    public static implicit operator Shape(long[] sizes) => new(sizes);

    /// <summary>A shape from an array of sizes that may be unknown.</summary>
    public static implicit operator Shape(int?[] sizes) => new(sizes);

    /// <summary>A shape of two axes.</summary>
    public static implicit operator Shape((int, int) s) => new(s.Item1, s.Item2);

    /// <summary>A shape of three axes.</summary>
    public static implicit operator Shape((int, int, int) s) => new(s.Item1, s.Item2, s.Item3);

    /// <summary>A shape of four axes.</summary>
    public static implicit operator Shape((int, int, int, int) s) => new(s.Item1, s.Item2, s.Item3, s.Item4);

    /// <summary>A shape of five axes.</summary>
    public static implicit operator Shape((int, int, int, int, int) s) => new(s.Item1, s.Item2, s.Item3, s.Item4, s.Item5);

    /// <summary>A shape of two axes that may be unknown.</summary>
    public static implicit operator Shape((int?, int?) s) => new([s.Item1, s.Item2]);

    /// <summary>A shape of three axes that may be unknown.</summary>
    public static implicit operator Shape((int?, int?, int?) s) => new([s.Item1, s.Item2, s.Item3]);

    /// <summary>A shape of four axes that may be unknown.</summary>
    public static implicit operator Shape((int?, int?, int?, int?) s) => new([s.Item1, s.Item2, s.Item3, s.Item4]);

    /// <summary>A shape of one axis, from an F#-style tuple.</summary>
    public static implicit operator Shape(Tuple<int> s) => new(NotNull(s).Item1);

    /// <summary>A shape of two axes, from an F# tuple.</summary>
    public static implicit operator Shape(Tuple<int, int> s) => new(NotNull(s).Item1, s.Item2);

    /// <summary>A shape of three axes, from an F# tuple.</summary>
    public static implicit operator Shape(Tuple<int, int, int> s) => new(NotNull(s).Item1, s.Item2, s.Item3);

    /// <summary>A shape of four axes, from an F# tuple.</summary>
    public static implicit operator Shape(Tuple<int, int, int, int> s) => new(NotNull(s).Item1, s.Item2, s.Item3, s.Item4);

    /// <summary>A shape of five axes, from an F# tuple.</summary>
    public static implicit operator Shape(Tuple<int, int, int, int, int> s) => new(NotNull(s).Item1, s.Item2, s.Item3, s.Item4, s.Item5);

    private static T NotNull<T>(T value)
        where T : class => value ?? throw new ArgumentNullException(nameof(value));

    private static IEnumerable<int?> ToNullable(int[] sizes)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        return sizes.Select(s => (int?)s);
    }

    private static string Text(int? size) => size?.ToString(CultureInfo.InvariantCulture) ?? "None";
}
