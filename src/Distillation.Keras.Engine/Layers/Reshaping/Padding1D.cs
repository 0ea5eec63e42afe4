using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Layers;

/// <summary>How much is added (or cut off) before and after a sequence.</summary>
/// <remarks>
/// Immutable and safe to share between threads. Converts from <c>1</c> (both sides), <c>(1, 2)</c> (before, after) and, for F#, from
/// <see cref="Tuple"/>.
/// </remarks>
public sealed class Padding1D : SpatialPadding, IConfigValue<Padding1D>
{
    /// <summary>The two sides.</summary>
    /// <param name="left">Before the first step.</param>
    /// <param name="right">After the last step.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is negative.</exception>
    public Padding1D(int left, int right)
        : base(Checked(left, right, nameof(left), nameof(right))) { }

    /// <summary>Before the first step.</summary>
    public int Left => this[0].Before;

    /// <summary>After the last step.</summary>
    public int Right => this[0].After;

    /// <inheritdoc cref="IConfigValue{TSelf}.FromJson"/>
    public static Padding1D FromJson(JsonNode node)
    {
        // Two numbers are the two sides, not two axes.
        (int left, int right) = node is JsonArray ? ReadPair(node) : Read(node, 1)[0];
        return new Padding1D(left, right);
    }

    /// <summary>The same on both sides.</summary>
    public static implicit operator Padding1D(int both) => new(both, both);

    /// <summary>Before and after.</summary>
    public static implicit operator Padding1D((int, int) p) => new(p.Item1, p.Item2);

    /// <summary>Before and after, from an F# tuple.</summary>
    public static implicit operator Padding1D(Tuple<int, int> p) => new(NotNull(p).Item1, p.Item2);
}
