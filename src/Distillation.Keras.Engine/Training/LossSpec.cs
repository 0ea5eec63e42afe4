using System.Diagnostics.CodeAnalysis;
using Distillation.Keras.Losses;

namespace Distillation.Keras;

/// <summary>What <c>Compile</c> takes as loss: one for all outputs, one for each in order, or by the outputs' names.</summary>
/// <remarks>Immutable. A string, a <see cref="Loss"/>, arrays and dictionaries of them convert. <c>null</c> in a list: that output has no loss.</remarks>
[System.Runtime.CompilerServices.CollectionBuilder(typeof(LossSpec), nameof(Create))]
public sealed class LossSpec : IEnumerable<Loss?>
{
    internal LossSpec(object?[] items, bool isList, string[]? names = null)
    {
        Items = items;
        IsList = isList;
        Names = names;
    }

    /// <summary>Strings or losses. Strings are kept until the shapes are known, as <c>"crossentropy"</c> depends on them.</summary>
    internal object?[] Items { get; }

    internal bool IsList { get; }

    internal string[]? Names { get; }

    /// <summary>One loss for each output.</summary>
    public static LossSpec Create(ReadOnlySpan<Loss?> losses) => new(Array.ConvertAll(losses.ToArray(), AsGiven), isList: true);

    /// <summary>The losses, made from their strings where they were given so.</summary>
    public IEnumerator<Loss?> GetEnumerator() => Items.Select(i => i as Loss ?? (i is string s ? Loss.Get(s) : null)).GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The same loss for all outputs.</summary>
    [return: NotNullIfNotNull(nameof(loss))]
    public static implicit operator LossSpec?(string? loss) => loss is null ? null : new([loss], isList: false);

    /// <summary>The same loss for all outputs.</summary>
    [return: NotNullIfNotNull(nameof(loss))]
    public static implicit operator LossSpec?(Loss? loss) => loss is null ? null : new([AsGiven(loss)], isList: false);

    /// <summary>One loss for each output.</summary>
    public static implicit operator LossSpec(string?[] losses) => new([.. losses], isList: true);

    /// <summary>One loss for each output.</summary>
    public static implicit operator LossSpec(Loss?[] losses) => new(Array.ConvertAll(losses, AsGiven), isList: true);

    /// <summary>Losses by the outputs' names.</summary>
    public static implicit operator LossSpec(Dictionary<string, string> losses) => Named(losses);

    /// <summary>Losses by the outputs' names.</summary>
    public static implicit operator LossSpec(Dictionary<string, Loss> losses) => Named(losses);

    // A string that became a loss on its way stays a string, as a compile configuration keeps it.
    private static object? AsGiven(Loss? loss) => (object?)loss?.Identifier ?? loss;

    private static LossSpec Named<T>(Dictionary<string, T> losses)
    {
        ArgumentNullException.ThrowIfNull(losses);
        return new([.. losses.Values.Select(l => l is Loss loss ? AsGiven(loss) : l)], isList: true, [.. losses.Keys]);
    }
}
