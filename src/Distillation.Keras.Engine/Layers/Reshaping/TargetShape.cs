using System.Collections;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Layers;

/// <summary>The shape that <see cref="Reshape"/> gives to a sample, where one size may be -1: what is left for it.</summary>
/// <remarks>
/// Immutable and safe to share between threads. Converts from <c>64</c>, <c>(7, 7, -1)</c>, <c>[7, 7, -1]</c> and, for F#, from
/// <see cref="Tuple"/> and <c>int[]</c>.
/// </remarks>
[CollectionBuilder(typeof(TargetShape), nameof(Create))]
public sealed class TargetShape : IReadOnlyList<int>, IEquatable<TargetShape>, IConfigValue<TargetShape>
{
    private readonly int[] _sizes;

    /// <summary>A shape.</summary>
    /// <param name="sizes">The sizes; at most one is -1, the others are not negative.</param>
    /// <exception cref="ArgumentException">A size is below -1, or two are -1.</exception>
    public TargetShape(params int[] sizes)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        _sizes = [.. sizes];
        if (_sizes.Count(s => s == -1) > 1 || Array.Exists(_sizes, s => s < -1))
        {
            throw new ArgumentException(
                $"A target shape has sizes that are not negative, and at most one -1 for what is left, but {this} was given.",
                nameof(sizes)
            );
        }
    }

    /// <summary>What C# makes of <c>[7, 7, -1]</c>.</summary>
    public static TargetShape Create(ReadOnlySpan<int> sizes) => new(sizes.ToArray());

    /// <inheritdoc/>
    public int Count => _sizes.Length;

    /// <inheritdoc/>
    public int this[int index] => _sizes[index];

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)_sizes).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _sizes.GetEnumerator();

    /// <inheritdoc/>
    public JsonNode ToJson() => new JsonArray([.. _sizes.Select(s => (JsonNode?)JsonValue.Create(s))]);

    /// <inheritdoc cref="IConfigValue{TSelf}.FromJson"/>
    public static TargetShape FromJson(JsonNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return new TargetShape(node is JsonArray ? ConfigPrimitives.Integers(node) : [ConfigPrimitives.Integer(node)]);
    }

    /// <inheritdoc/>
    public bool Equals(TargetShape? other) => other is not null && _sizes.AsSpan().SequenceEqual(other._sizes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TargetShape);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (int size in _sizes)
        {
            hash.Add(size);
        }

        return hash.ToHashCode();
    }

    /// <summary>The sizes as Python writes them: <c>(7, 7, -1)</c>.</summary>
    public override string ToString() =>
        _sizes.Length == 1 ? Invariant($"({_sizes[0]},)") : $"({string.Join(", ", _sizes.Select(s => Invariant($"{s}")))})";

    /// <summary>One axis.</summary>
    public static implicit operator TargetShape(int size) => new(size);

    /// <summary>Any axes.</summary>
    public static implicit operator TargetShape(int[] sizes) => new(sizes);

    /// <summary>A shape from an array of sizes as NumSharp and libtorch have them.</summary>
    /// <exception cref="ArgumentException">A value is above what an <see cref="int"/> holds.</exception>
    public static implicit operator TargetShape(long[] sizes) => new(LongSizes.ToInt(sizes));

    /// <summary>Two axes.</summary>
    public static implicit operator TargetShape((int, int) s) => new(s.Item1, s.Item2);

    /// <summary>Three axes.</summary>
    public static implicit operator TargetShape((int, int, int) s) => new(s.Item1, s.Item2, s.Item3);

    /// <summary>Four axes.</summary>
    public static implicit operator TargetShape((int, int, int, int) s) => new(s.Item1, s.Item2, s.Item3, s.Item4);

    /// <summary>Two axes, from an F# tuple.</summary>
    public static implicit operator TargetShape(Tuple<int, int> s) => new((s ?? throw new ArgumentNullException(nameof(s))).Item1, s.Item2);

    /// <summary>Three axes, from an F# tuple.</summary>
    public static implicit operator TargetShape(Tuple<int, int, int> s) =>
        new((s ?? throw new ArgumentNullException(nameof(s))).Item1, s.Item2, s.Item3);

    /// <summary>Four axes, from an F# tuple.</summary>
    public static implicit operator TargetShape(Tuple<int, int, int, int> s) =>
        new((s ?? throw new ArgumentNullException(nameof(s))).Item1, s.Item2, s.Item3, s.Item4);
}
