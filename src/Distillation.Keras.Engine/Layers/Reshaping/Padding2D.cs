using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Layers;

/// <summary>How much is added (or cut off) at the four sides of an image.</summary>
/// <remarks>
/// Immutable and safe to share between threads. Converts from <c>1</c> (all sides), <c>(1, 2)</c> (top and bottom, left and right),
/// <c>((1, 2), (3, 4))</c> ((top, bottom), (left, right)) and, for F#, from <see cref="Tuple"/>.
/// </remarks>
public sealed class Padding2D : SpatialPadding, IConfigValue<Padding2D>
{
    /// <summary>The four sides.</summary>
    /// <param name="top">Above.</param>
    /// <param name="bottom">Below.</param>
    /// <param name="left">At the left.</param>
    /// <param name="right">At the right.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is negative.</exception>
    public Padding2D(int top, int bottom, int left, int right)
        : base(Checked(top, bottom, nameof(top), nameof(bottom)), Checked(left, right, nameof(left), nameof(right))) { }

    /// <summary>Above.</summary>
    public int Top => this[0].Before;

    /// <summary>Below.</summary>
    public int Bottom => this[0].After;

    /// <summary>At the left.</summary>
    public int Left => this[1].Before;

    /// <summary>At the right.</summary>
    public int Right => this[1].After;

    /// <inheritdoc cref="IConfigValue{TSelf}.FromJson"/>
    public static Padding2D FromJson(JsonNode node)
    {
        (int Before, int After)[] sides = Read(node, 2);
        return (sides[0], sides[1]);
    }

    /// <summary>The same on all sides.</summary>
    public static implicit operator Padding2D(int all) => new(all, all, all, all);

    /// <summary>Top and bottom, left and right.</summary>
    public static implicit operator Padding2D((int, int) p) => new(p.Item1, p.Item1, p.Item2, p.Item2);

    /// <summary>((top, bottom), (left, right)).</summary>
    public static implicit operator Padding2D(((int, int), (int, int)) p) =>
        new(p.Item1.Item1, p.Item1.Item2, p.Item2.Item1, p.Item2.Item2);

    /// <summary>Top and bottom, left and right, from an F# tuple.</summary>
    public static implicit operator Padding2D(Tuple<int, int> p) => (NotNull(p).Item1, p.Item2);

    /// <summary>((top, bottom), (left, right)), from F# tuples.</summary>
    public static implicit operator Padding2D(Tuple<Tuple<int, int>, Tuple<int, int>> p) =>
        new(NotNull(NotNull(p).Item1).Item1, p.Item1.Item2, NotNull(p.Item2).Item1, p.Item2.Item2);
}
