using System.Collections;

namespace Distillation.Keras.Backend;

/// <summary>
/// Reads entries by name out of a dictionary of any type: the values may be of any class, and a <see cref="KeyValuePair{TKey, TValue}"/> is
/// not covariant.
/// </summary>
internal static class Pairs
{
    /// <summary>Names and values, or <see langword="null"/> where no element is a pair.</summary>
    /// <exception cref="ArgumentException">Some elements are pairs and others are not, or a name is no string.</exception>
    public static (string Name, object? Value)[]? Of(IEnumerable items)
    {
        object?[] all = [.. items.Cast<object?>()];
        if (!Array.Exists(all, IsPair))
        {
            return null;
        }

        return Array.ConvertAll(
            all,
            item =>
                IsPair(item) && Part(item, "Key") is string name
                    ? (name, Part(item, "Value"))
                    : throw new ArgumentException(
                        $"A dictionary by the outputs' names holds pairs of a name (a string) and a value, but found {item}.",
                        nameof(items)
                    )
        );
    }

    private static bool IsPair(object? item) =>
        item?.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>);

    private static object? Part(object? pair, string name) => pair!.GetType().GetProperty(name)!.GetValue(pair);
}
