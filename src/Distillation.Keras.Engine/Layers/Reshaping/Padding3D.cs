using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Layers;

/// <summary>How much is added (or cut off) at the six sides of a volume.</summary>
/// <remarks>
/// Immutable and safe to share between threads. Converts from <c>1</c> (all sides), <c>(1, 2, 3)</c> (both sides of depth, height and
/// width),
/// <c>((1, 2), (3, 4), (5, 6))</c> ((front, back), (top, bottom), (left, right)) and, for F#, from <see cref="Tuple"/>.
/// </remarks>
public sealed class Padding3D : SpatialPadding, IConfigValue<Padding3D>
{
    /// <summary>The six sides.</summary>
    /// <param name="front">Before the first plane.</param>
    /// <param name="back">After the last plane.</param>
    /// <param name="top">Above.</param>
    /// <param name="bottom">Below.</param>
    /// <param name="left">At the left.</param>
    /// <param name="right">At the right.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is negative.</exception>
    public Padding3D(int front, int back, int top, int bottom, int left, int right)
        : base(
            Checked(front, back, nameof(front), nameof(back)),
            Checked(top, bottom, nameof(top), nameof(bottom)),
            Checked(left, right, nameof(left), nameof(right))
        ) { }

    /// <summary>Before the first plane.</summary>
    public int Front => this[0].Before;

    /// <summary>After the last plane.</summary>
    public int Back => this[0].After;

    /// <summary>Above.</summary>
    public int Top => this[1].Before;

    /// <summary>Below.</summary>
    public int Bottom => this[1].After;

    /// <summary>At the left.</summary>
    public int Left => this[2].Before;

    /// <summary>At the right.</summary>
    public int Right => this[2].After;

    /// <inheritdoc cref="IConfigValue{TSelf}.FromJson"/>
    public static Padding3D FromJson(JsonNode node)
    {
        (int Before, int After)[] sides = Read(node, 3);
        return (sides[0], sides[1], sides[2]);
    }

    /// <summary>The same on all sides.</summary>
    public static implicit operator Padding3D(int all) => new(all, all, all, all, all, all);

    /// <summary>Both sides of depth, height and width.</summary>
    public static implicit operator Padding3D((int, int, int) p) => new(p.Item1, p.Item1, p.Item2, p.Item2, p.Item3, p.Item3);

    /// <summary>((front, back), (top, bottom), (left, right)).</summary>
    public static implicit operator Padding3D(((int, int), (int, int), (int, int)) p) =>
        new(p.Item1.Item1, p.Item1.Item2, p.Item2.Item1, p.Item2.Item2, p.Item3.Item1, p.Item3.Item2);

    /// <summary>Both sides of depth, height and width, from an F# tuple.</summary>
    public static implicit operator Padding3D(Tuple<int, int, int> p) => (NotNull(p).Item1, p.Item2, p.Item3);

    /// <summary>((front, back), (top, bottom), (left, right)), from F# tuples.</summary>
    public static implicit operator Padding3D(Tuple<Tuple<int, int>, Tuple<int, int>, Tuple<int, int>> p) =>
        new(NotNull(NotNull(p).Item1).Item1, p.Item1.Item2, NotNull(p.Item2).Item1, p.Item2.Item2, NotNull(p.Item3).Item1, p.Item3.Item2);
}
