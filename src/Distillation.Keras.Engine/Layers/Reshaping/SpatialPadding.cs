using System.Collections;
using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Layers;

/// <summary>How much is added (or cut off) before and after, for each spatial axis.</summary>
/// <remarks>
/// Immutable and safe to share between threads. <see cref="Padding1D"/>, <see cref="Padding2D"/> and <see cref="Padding3D"/> are those of
/// one, two and three axes.
/// </remarks>
public abstract class SpatialPadding : IReadOnlyList<(int Before, int After)>, IEquatable<SpatialPadding>
{
    private readonly (int Before, int After)[] _sides;

    private protected SpatialPadding(params (int Before, int After)[] sides) => _sides = sides;

    /// <summary>The number of spatial axes.</summary>
    public int Count => _sides.Length;

    /// <summary>How much before and after along an axis.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public (int Before, int After) this[int index] =>
        index >= 0 && index < _sides.Length
            ? _sides[index]
            : throw new ArgumentOutOfRangeException(nameof(index), index, Invariant($"The padding {this} is for {_sides.Length} axes."));

    /// <inheritdoc/>
    public IEnumerator<(int Before, int After)> GetEnumerator() => ((IEnumerable<(int Before, int After)>)_sides).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _sides.GetEnumerator();

    /// <summary>A pair (before, after) for each axis; that of one axis alone, as Keras writes it.</summary>
    public JsonNode ToJson() => _sides.Length == 1 ? Pair(_sides[0]) : new JsonArray([.. _sides.Select(Pair)]);

    /// <inheritdoc/>
    public bool Equals(SpatialPadding? other) => other is not null && _sides.AsSpan().SequenceEqual(other._sides);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SpatialPadding);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach ((int Before, int After) side in _sides)
        {
            hash.Add(side);
        }

        return hash.ToHashCode();
    }

    /// <summary>As Python writes it: <c>(1, 2)</c> for one axis, <c>((1, 2), (3, 4))</c> for two.</summary>
    public override string ToString()
    {
        string[] pairs = Array.ConvertAll(_sides, s => Invariant($"({s.Before}, {s.After})"));
        return pairs.Length == 1 ? pairs[0] : $"({string.Join(", ", pairs)})";
    }

    /// <summary>The sides of several axes from a configuration: a number, or for each axis a number or a pair.</summary>
    /// <exception cref="ArgumentException">The configuration has something else.</exception>
    private protected static (int Before, int After)[] Read(JsonNode node, int axes)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (node is not JsonArray list)
        {
            int all = ConfigPrimitives.Integer(node);
            return [.. Enumerable.Repeat((all, all), axes)];
        }

        return list.Count == axes
            ? [.. list.Select(n => n is JsonArray ? ReadPair(n) : ReadBoth(n))]
            : throw new ArgumentException(
                Invariant(
                    $"A padding of {axes} axes is a number, {axes} numbers or {axes} pairs (before, after), but the configuration has "
                        + $"{node.ToJsonString()}."
                )
            );
    }

    /// <summary>What is before and after, from a configuration.</summary>
    /// <exception cref="ArgumentException">The configuration has something else.</exception>
    private protected static (int Before, int After) ReadPair(JsonNode node)
    {
        int[] sides = ConfigPrimitives.Integers(node);
        return sides.Length == 2
            ? (sides[0], sides[1])
            : throw new ArgumentException($"A padding has two sides for each axis, but the configuration has {node.ToJsonString()}.");
    }

    /// <summary>Refuses a negative side.</summary>
    private protected static (int Before, int After) Checked(int before, int after, string beforeName, string afterName)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(before, beforeName);
        ArgumentOutOfRangeException.ThrowIfNegative(after, afterName);
        return (before, after);
    }

    /// <summary>An F# tuple that is there.</summary>
    private protected static T NotNull<T>(T value)
        where T : class => value ?? throw new ArgumentNullException(nameof(value));

    private static (int Before, int After) ReadBoth(JsonNode? node)
    {
        int both = ConfigPrimitives.Integer(node);
        return (both, both);
    }

    private static JsonArray Pair((int Before, int After) side) => new(side.Before, side.After);
}
