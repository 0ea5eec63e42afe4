using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras;

/// <summary>One axis, or several, of a tensor: what a norm is taken over, what is normalised.</summary>
/// <remarks>
/// Immutable and safe to share between threads. Converts from <c>0</c>, <c>(0, 1)</c>, <c>[0, 1, 2]</c> and, for F#, from
/// <see cref="Tuple"/> and <c>int[]</c>. Negative axes count from the end. Keras writes one axis as a number and several as a list, and so
/// does this class. <see cref="All"/> is Keras' <c>axis=None</c>, whatever the number of axes, where that is not the default.
/// </remarks>
[CollectionBuilder(typeof(Axes), nameof(Create))]
public sealed class Axes : IReadOnlyList<int>, IEquatable<Axes>, IConfigValue<Axes>
{
    private readonly int[] _axes;
    private const string AllText = "all";
    private readonly bool _isList;

    /// <summary>One axis.</summary>
    public Axes(int axis) => _axes = [axis];

    /// <summary>Several axes.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public Axes(params int[] axes)
    {
        ArgumentNullException.ThrowIfNull(axes);
        if (axes.Length == 0)
        {
            throw new ArgumentException("At least one axis is needed, but none was given.", nameof(axes));
        }

        _axes = [.. axes];
        _isList = true;
    }

    private Axes() => _axes = [];

    /// <summary>All axes of a tensor, however many it has: Keras' <c>axis=None</c>.</summary>
    public static Axes All { get; } = new();

    /// <summary>What C# makes of <c>[0, 1]</c>.</summary>
    public static Axes Create(ReadOnlySpan<int> axes) => new(axes.ToArray());

    /// <inheritdoc/>
    public int Count => _axes.Length;

    /// <inheritdoc/>
    public int this[int index] => _axes[index];

    /// <summary>Whether it is <see cref="All"/>, which names no axis by itself.</summary>
    internal bool IsAll => _axes.Length == 0;

    /// <summary>In JSON, null where all are meant.</summary>
    internal static JsonNode? OrNull(Axes? axes) => axes is null or { IsAll: true } ? null : axes.ToJson();

    /// <summary>The axes, where they have to be named one by one.</summary>
    /// <param name="what">What takes the axes, for the message.</param>
    /// <param name="parameter">The argument.</param>
    /// <exception cref="ArgumentException">It is <see cref="All"/>.</exception>
    internal Axes Named(string what, string parameter) =>
        IsAll
            ? throw new ArgumentException(
                $"{what} needs its {parameter} named, but found Axes.All. Give one axis, such as -1, or several.",
                parameter
            )
            : this;

    /// <summary>The axes of a tensor of that rank, none negative.</summary>
    /// <param name="rank">How many axes the tensor has.</param>
    /// <param name="what">What takes the axes, for the message.</param>
    /// <exception cref="ArgumentException">There is no such axis, or one is given twice.</exception>
    internal long[] Resolve(long rank, string what)
    {
        if (IsAll)
        {
            return [.. Enumerable.Range(0, (int)rank).Select(a => (long)a)];
        }

        long[] resolved = Array.ConvertAll(_axes, a => a < 0 ? a + rank : a);
        return Array.Exists(resolved, a => a < 0 || a >= rank)
                ? throw new ArgumentException(
                    Invariant($"{what} has the axis {this}, which must be at least {-rank} and below {rank} for a tensor with {rank} axes.")
                )
            : resolved.Distinct().Count() < resolved.Length
                ? throw new ArgumentException(
                    Invariant($"{what} has the axis {this}, which names an axis of a tensor with {rank} axes twice.")
                )
            : resolved;
    }

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)_axes).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _axes.GetEnumerator();

    /// <summary>A number or a list; <c>"all"</c> for <see cref="All"/>, for which Keras' configurations have null.</summary>
    public JsonNode ToJson() =>
        IsAll ? JsonValue.Create(AllText)
        : _isList ? new JsonArray([.. _axes.Select(a => (JsonNode?)JsonValue.Create(a))])
        : JsonValue.Create(_axes[0]);

    /// <inheritdoc cref="IConfigValue{TSelf}.FromJson"/>
    public static Axes FromJson(JsonNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return node is JsonValue value && value.TryGetValue(out string? text) && text == AllText ? All
            : node is JsonArray ? new Axes(ConfigPrimitives.Integers(node))
            : new Axes(ConfigPrimitives.Integer(node));
    }

    /// <inheritdoc/>
    public bool Equals(Axes? other) => other is not null && _axes.AsSpan().SequenceEqual(other._axes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Axes);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (int axis in _axes)
        {
            hash.Add(axis);
        }

        return hash.ToHashCode();
    }

    /// <summary><c>0</c>, <c>[0, 1]</c> or <c>all</c>.</summary>
    public override string ToString() =>
        IsAll ? AllText
        : _isList ? $"[{string.Join(", ", _axes.Select(a => Invariant($"{a}")))}]"
        : _axes[0].ToString(CultureInfo.InvariantCulture);

    /// <summary>One axis.</summary>
    public static implicit operator Axes(int axis) => new(axis);

    /// <summary>Several axes.</summary>
    public static implicit operator Axes(int[] axes) => new(axes);

    /// <summary>Several axes, as libtorch has them.</summary>
    /// <exception cref="ArgumentException">A value is above what an <see cref="int"/> holds.</exception>
    public static implicit operator Axes(long[] axes) => new(LongSizes.ToInt(axes));

    /// <summary>Two axes.</summary>
    public static implicit operator Axes((int, int) a) => new(a.Item1, a.Item2);

    /// <summary>Three axes.</summary>
    public static implicit operator Axes((int, int, int) a) => new(a.Item1, a.Item2, a.Item3);

    /// <summary>Two axes, from an F# tuple.</summary>
    public static implicit operator Axes(Tuple<int, int> a) => new((a ?? throw new ArgumentNullException(nameof(a))).Item1, a.Item2);

    /// <summary>Three axes, from an F# tuple.</summary>
    public static implicit operator Axes(Tuple<int, int, int> a) =>
        new((a ?? throw new ArgumentNullException(nameof(a))).Item1, a.Item2, a.Item3);
}
