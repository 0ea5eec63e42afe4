using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Layers;

/// <summary>How much is added (or cut off) at the four sides of an image.</summary>
/// <remarks>
/// Immutable and safe to share between threads. Converts from <c>1</c> (all sides), <c>(1, 2)</c> (top and bottom, left and right),
/// <c>((1, 2), (3, 4))</c> ((top, bottom), (left, right)) and, for F#, from <see cref="Tuple"/>.
/// </remarks>
public sealed class Padding2D : IEquatable<Padding2D>, IConfigScalar
{
    /// <summary>The four sides.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is negative.</exception>
    public Padding2D(int top, int bottom, int left, int right)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        ArgumentOutOfRangeException.ThrowIfNegative(bottom);
        ArgumentOutOfRangeException.ThrowIfNegative(left);
        ArgumentOutOfRangeException.ThrowIfNegative(right);
        Top = top;
        Bottom = bottom;
        Left = left;
        Right = right;
    }

    /// <summary>Above.</summary>
    public int Top { get; }

    /// <summary>Below.</summary>
    public int Bottom { get; }

    /// <summary>At the left.</summary>
    public int Left { get; }

    /// <summary>At the right.</summary>
    public int Right { get; }

    JsonNode? IConfigScalar.ToJson() => new JsonArray(new JsonArray(Top, Bottom), new JsonArray(Left, Right));

    internal static Padding2D FromJson(JsonNode node)
    {
        if (node is not JsonArray list)
        {
            return (int)ConfigReader.Convert(node, typeof(int), "padding")!;
        }

        if (list.Count == 2 && list[0] is JsonArray && list[1] is JsonArray)
        {
            var sides = (int[][])ConfigReader.Convert(node, typeof(int[][]), "padding")!;
            return sides[0].Length == 2 && sides[1].Length == 2
                ? new Padding2D(sides[0][0], sides[0][1], sides[1][0], sides[1][1])
                : throw new ArgumentException($"A padding has two sides for each axis, but the configuration has {node.ToJsonString()}.");
        }

        var axes = (int[])ConfigReader.Convert(node, typeof(int[]), "padding")!;
        return axes.Length == 2
            ? (axes[0], axes[1])
            : throw new ArgumentException($"A padding has values for two axes, but the configuration has {node.ToJsonString()}.");
    }

    /// <inheritdoc/>
    public bool Equals(Padding2D? other) => other is not null && Top == other.Top && Bottom == other.Bottom && Left == other.Left && Right == other.Right;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Padding2D);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Top, Bottom, Left, Right);

    /// <summary>As Python writes it: <c>((1, 2), (3, 4))</c>.</summary>
    public override string ToString() => $"(({Top}, {Bottom}), ({Left}, {Right}))";

    /// <summary>The same on all sides.</summary>
    public static implicit operator Padding2D(int all) => new(all, all, all, all);

    /// <summary>Top and bottom, left and right.</summary>
    public static implicit operator Padding2D((int, int) p) => new(p.Item1, p.Item1, p.Item2, p.Item2);

    /// <summary>((top, bottom), (left, right)).</summary>
    public static implicit operator Padding2D(((int, int), (int, int)) p) => new(p.Item1.Item1, p.Item1.Item2, p.Item2.Item1, p.Item2.Item2);

    /// <summary>Top and bottom, left and right, from an F# tuple.</summary>
    public static implicit operator Padding2D(Tuple<int, int> p) => (NotNull(p).Item1, p.Item2);

    /// <summary>((top, bottom), (left, right)), from F# tuples.</summary>
    public static implicit operator Padding2D(Tuple<Tuple<int, int>, Tuple<int, int>> p) =>
        new(NotNull(NotNull(p).Item1).Item1, p.Item1.Item2, NotNull(p.Item2).Item1, p.Item2.Item2);

    private static T NotNull<T>(T value)
        where T : class => value ?? throw new ArgumentNullException(nameof(value));
}
