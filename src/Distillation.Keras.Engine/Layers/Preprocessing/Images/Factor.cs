using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Layers;

/// <summary>How much a random layer changes: a number, or the two ends of a range from which numbers are drawn.</summary>
/// <remarks>
/// Immutable and safe to share between threads. Converts from <c>0.2</c>, <c>(0.1, 0.3)</c>, <c>[0.1, 0.3]</c> and, for F#, from
/// <see cref="Tuple"/>. What a number stands for is the layer's to say: mostly the range from its negative to itself, as far as that is
/// allowed.
/// </remarks>
[CollectionBuilder(typeof(Factor), nameof(Create))]
public sealed class Factor : IConfigValue<Factor>
{
    private readonly bool _isRange;

    /// <summary>One number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not finite.</exception>
    public Factor(double value) => Lower = Upper = Arguments.Finite(value);

    /// <summary>The two ends of a range, in any order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is not finite.</exception>
    public Factor(double lower, double upper)
    {
        Lower = Arguments.Finite(lower);
        Upper = Arguments.Finite(upper);
        _isRange = true;
    }

    /// <summary>What C# makes of <c>[0.1, 0.3]</c>.</summary>
    public static Factor Create(ReadOnlySpan<double> ends) =>
        ends is [double lower, double upper]
            ? new(lower, upper)
            : throw new ArgumentException(
                Invariant($"A factor is one number or a range (lower, upper), but a list of {ends.Length} was given."),
                nameof(ends)
            );

    /// <summary>The two ends, or the one number.</summary>
    public IEnumerator<double> GetEnumerator() => ((IEnumerable<double>)(_isRange ? [Lower, Upper] : [Lower])).GetEnumerator();

    /// <summary>The end that was given first, or the one number.</summary>
    public double Lower { get; }

    /// <summary>The other end, or the one number.</summary>
    public double Upper { get; }

    /// <summary>Whether it is a range.</summary>
    public bool IsRange => _isRange;

    /// <inheritdoc/>
    public JsonNode ToJson() => _isRange ? new JsonArray(ConfigWriter.Real(Lower), ConfigWriter.Real(Upper)) : ConfigWriter.Real(Lower);

    /// <inheritdoc/>
    public override string ToString() => _isRange ? Invariant($"({Lower}, {Upper})") : Invariant($"{Lower}");

    /// <inheritdoc cref="IConfigValue{TSelf}.FromJson"/>
    public static Factor FromJson(JsonNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (node is not JsonArray)
        {
            return ConfigPrimitives.Real(node);
        }

        return ConfigPrimitives.Reals(node) is [double lower, double upper]
            ? new Factor(lower, upper)
            : throw new FormatException($"A factor is a number or a list of two, but there is {KerasSerializer.Shorten(node)}.");
    }

    /// <summary>One number.</summary>
    public static implicit operator Factor(double value) => new(value);

    /// <summary>One number. F# does not go from an integer over a fraction to a factor.</summary>
    public static implicit operator Factor(int value) => new(value);

    /// <summary>The two ends of a range.</summary>
    public static implicit operator Factor((double, double) range) => new(range.Item1, range.Item2);

    /// <summary>The two ends of a range, from an F# tuple.</summary>
    public static implicit operator Factor(Tuple<double, double> range)
    {
        ArgumentNullException.ThrowIfNull(range);
        return new Factor(range.Item1, range.Item2);
    }

    /// <summary>The two ends of a range, from an F# tuple of whole numbers.</summary>
    public static implicit operator Factor(Tuple<int, int> range)
    {
        ArgumentNullException.ThrowIfNull(range);
        return new Factor(range.Item1, range.Item2);
    }

    /// <summary>The two ends of a range, from an F# tuple of a whole number and a fraction.</summary>
    public static implicit operator Factor(Tuple<int, double> range)
    {
        ArgumentNullException.ThrowIfNull(range);
        return new Factor(range.Item1, range.Item2);
    }

    /// <summary>The two ends of a range, from an F# tuple of a fraction and a whole number.</summary>
    public static implicit operator Factor(Tuple<double, int> range)
    {
        ArgumentNullException.ThrowIfNull(range);
        return new Factor(range.Item1, range.Item2);
    }

    /// <summary>
    /// The range as Keras' base class takes it: a number within the bounds stands for itself and its negative, cut at the lower bound; a
    /// range is put in order, and refused where it lies beyond the bounds.
    /// </summary>
    /// <param name="least">The lower bound.</param>
    /// <param name="most">The upper bound.</param>
    /// <param name="name">The argument's name.</param>
    /// <param name="layer">The class of the layer.</param>
    /// <exception cref="ArgumentOutOfRangeException">It lies beyond the bounds.</exception>
    internal Factor Within(double least, double most, string name, string layer)
    {
        if (_isRange ? Lower > most || Upper < least : Lower < least || Lower > most)
        {
            throw Refused(name, layer, Invariant($"from {least} to {most}"));
        }

        return _isRange ? Sorted() : new Factor(Math.Max(-Math.Abs(Lower), least), Math.Abs(Lower));
    }

    /// <summary>A factor as it was given, all of whose numbers are within bounds.</summary>
    /// <param name="factor">The factor.</param>
    /// <param name="least">The lower bound.</param>
    /// <param name="most">The upper bound, which is allowed.</param>
    /// <param name="name">The argument's name.</param>
    /// <param name="layer">The class of the layer.</param>
    /// <param name="isOpen">Whether the lower bound itself is not allowed.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not within them.</exception>
    internal static Factor Checked(Factor factor, double least, double most, string name, string layer, bool isOpen = false)
    {
        ArgumentNullException.ThrowIfNull(factor, name);
        return Array.TrueForAll([factor.Lower, factor.Upper], v => v <= most && (isOpen ? v > least : v >= least))
            ? factor
            : throw factor.Refused(name, layer, Invariant($"{(isOpen ? "above" : "from")} {least} {(isOpen ? "up " : "")}to {most}"));
    }

    /// <summary>The range with the smaller end first; a number stands for itself and its negative.</summary>
    internal Factor Symmetric() => _isRange ? Sorted() : new Factor(-Math.Abs(Lower), Math.Abs(Lower));

    /// <summary>The range with the smaller end first.</summary>
    internal Factor Sorted() => Lower <= Upper ? this : new Factor(Upper, Lower);

    /// <summary>The refusal of a factor.</summary>
    /// <param name="name">The argument's name.</param>
    /// <param name="layer">The class of the layer.</param>
    /// <param name="bounds">What is allowed: <c>from 0 to 1</c>.</param>
    internal ArgumentOutOfRangeException Refused(string name, string layer, string bounds) =>
        new(name, this, $"The '{name}' of {layer} is a number {bounds}, or a range (lower, upper) of such numbers, but {this} was given.");
}
