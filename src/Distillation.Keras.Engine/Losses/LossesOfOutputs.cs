using System.Text.Json.Nodes;

namespace Distillation.Keras.Losses;

/// <summary>A <see cref="LossSpec"/> that is not one loss itself: a name, or an entry for each output.</summary>
internal sealed class LossesOfOutputs : LossSpec
{
    private readonly object?[] _items;

    /// <summary>Entries in order.</summary>
    /// <param name="items">Strings, losses and nulls.</param>
    /// <param name="isList">Whether there is an entry for each output; otherwise the one entry is for all.</param>
    /// <param name="names">The outputs' names, where the entries were given by name.</param>
    internal LossesOfOutputs(IEnumerable<object?> items, bool isList = true, string[]? names = null)
    {
        ArgumentNullException.ThrowIfNull(items);
        _items = [.. items.Select(i => i is Loss loss ? loss.Items[0] : i)];
        IsList = isList;
        Names = names;
    }

    internal override object?[] Items => _items;

    internal override bool IsList { get; }

    internal override string[]? Names { get; }

    /// <summary>Not a configuration by itself: <c>GetCompileConfig</c> writes its entries.</summary>
    public override JsonObject GetConfig() =>
        throw new NotSupportedException("The losses of several outputs are written by GetCompileConfig.");

    /// <summary>An element that is a name, a loss or nothing.</summary>
    /// <exception cref="ArgumentException">It is something else.</exception>
    internal static object? Checked(object? item) =>
        item is null or string or Loss
            ? item
            : throw new ArgumentException(
                $"A loss is a name or a Loss, but found {item} ({item.GetType().Name}). A function becomes one by new "
                    + "LossFunctionWrapper(function)."
            );

    internal static LossesOfOutputs ByName<T>(Dictionary<string, T> losses)
    {
        ArgumentNullException.ThrowIfNull(losses);
        return new([.. losses.Values.Cast<object?>()], isList: true, [.. losses.Keys]);
    }
}
