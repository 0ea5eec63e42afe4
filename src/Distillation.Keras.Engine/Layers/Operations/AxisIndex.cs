using System.Text.Json.Nodes;
using Distillation.Keras.Layers;

namespace Distillation.Keras;

/// <summary>What is taken along an axis of a tensor of a model: a place, a range, all axes between, or a new axis.</summary>
/// <remarks>
/// Places and ranges of C# convert: <c>x[.., ^1]</c> is Python's <c>x[:, -1]</c>, <c>x[AxisIndex.Ellipsis, ..2]</c> is <c>x[..., :2]</c>.
/// Immutable.
/// </remarks>
public readonly struct AxisIndex : IEquatable<AxisIndex>
{
    private readonly JsonNode? _node;

    private AxisIndex(JsonNode? node) => _node = node;

    /// <summary>All axes that the other indices leave: Python's <c>...</c>.</summary>
    public static AxisIndex Ellipsis => new(OperationArgument.Ellipsis);

    /// <summary>A new axis of size 1: Python's <c>None</c>.</summary>
    public static AxisIndex NewAxis => default;

    /// <summary>All of an axis: Python's <c>:</c>.</summary>
    public static AxisIndex All => new(OperationArgument.Slice(null, null, null));

    /// <summary>Every so many places: Python's <c>start:stop:step</c>.</summary>
    /// <param name="start">The first place; negative ones count from the end. By default the end that the step comes from.</param>
    /// <param name="stop">The place behind the last; negative ones count from the end. By default all that is left.</param>
    /// <param name="step">How far it goes; negative backwards, not 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is 0.</exception>
    public static AxisIndex Slice(int? start = null, int? stop = null, int? step = null) =>
        step == 0
            ? throw new ArgumentOutOfRangeException(nameof(step), step, "The step of a slice is not 0.")
            : new AxisIndex(OperationArgument.Slice(start, stop, step));

    /// <summary>A place; negative ones count from the end.</summary>
    public static implicit operator AxisIndex(int place) => new(JsonValue.Create(place));

    /// <summary>A place.</summary>
    public static implicit operator AxisIndex(Index place) => new(OperationArgument.Write(place, []));

    /// <summary>Places in a row.</summary>
    public static implicit operator AxisIndex(Range range) => new(OperationArgument.Write(range, []));

    internal JsonNode? Write() => _node?.DeepClone();

    /// <inheritdoc/>
    public bool Equals(AxisIndex other) => JsonNode.DeepEquals(_node, other._node);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is AxisIndex other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_node?.ToJsonString() ?? string.Empty);

    /// <summary>Whether two take the same.</summary>
    public static bool operator ==(AxisIndex left, AxisIndex right) => left.Equals(right);

    /// <summary>Whether two do not take the same.</summary>
    public static bool operator !=(AxisIndex left, AxisIndex right) => !left.Equals(right);
}
