using System.Collections;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Layers;

/// <summary>The axes of <see cref="Normalization"/> that have a mean and a variance for each place on them.</summary>
/// <remarks>
/// Immutable and safe to share between threads. Converts from <c>-1</c>, <c>(1, -1)</c>, <c>[1, 2, 3]</c> and, for F#, from
/// <see cref="Tuple"/> and <c>int[]</c>. Negative axes count from the end. <see cref="None"/> is Keras'
/// <c>axis=None</c>. Written as a list, as Keras does.
/// </remarks>
[CollectionBuilder(typeof(NormalizationAxes), nameof(Create))]
public sealed class NormalizationAxes : IReadOnlyList<int>, IConfigValue<NormalizationAxes>
{
    private readonly int[] _axes;

    /// <summary>Some axes, or none.</summary>
    public NormalizationAxes(params int[] axes) => _axes = [.. axes ?? throw new ArgumentNullException(nameof(axes))];

    /// <summary>What C# makes of <c>[1, -1]</c>.</summary>
    public static NormalizationAxes Create(ReadOnlySpan<int> axes) => new(axes.ToArray());

    /// <summary>No axis: one mean and one variance of all numbers.</summary>
    public static NormalizationAxes None { get; } = new();

    /// <inheritdoc/>
    public int Count => _axes.Length;

    /// <inheritdoc/>
    public int this[int index] => _axes[index];

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)_axes).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _axes.GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", _axes.Select(a => Invariant($"{a}")))}]";

    /// <inheritdoc/>
    public JsonNode ToJson() => new JsonArray([.. _axes.Select(a => (JsonNode?)JsonValue.Create(a))]);

    /// <inheritdoc cref="IConfigValue{TSelf}.FromJson"/>
    public static NormalizationAxes FromJson(JsonNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return node is JsonArray
            ? new NormalizationAxes(ConfigPrimitives.Integers(node))
            : new NormalizationAxes(ConfigPrimitives.Integer(node));
    }

    /// <summary>One axis.</summary>
    public static implicit operator NormalizationAxes(int axis) => new(axis);

    /// <summary>Several axes, or none.</summary>
    public static implicit operator NormalizationAxes(int[] axes) => new(axes);

    /// <summary>Two axes.</summary>
    public static implicit operator NormalizationAxes((int, int) axes) => new(axes.Item1, axes.Item2);

    /// <summary>Three axes.</summary>
    public static implicit operator NormalizationAxes((int, int, int) axes) => new(axes.Item1, axes.Item2, axes.Item3);

    /// <summary>Two axes, from an F# tuple.</summary>
    public static implicit operator NormalizationAxes(Tuple<int, int> axes) =>
        new((axes ?? throw new ArgumentNullException(nameof(axes))).Item1, axes.Item2);

    /// <summary>Three axes, from an F# tuple.</summary>
    public static implicit operator NormalizationAxes(Tuple<int, int, int> axes) =>
        new((axes ?? throw new ArgumentNullException(nameof(axes))).Item1, axes.Item2, axes.Item3);
}
