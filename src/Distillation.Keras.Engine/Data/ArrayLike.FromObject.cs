using System.Collections;
using NumSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <content>Data whose type is known only when the program runs: an element of a tuple.</content>
public partial class ArrayLike
{
    /// <summary>Data from an object of any of the types that convert.</summary>
    /// <param name="value">An array, several in a list, or several by name.</param>
    /// <param name="what">Its name in messages.</param>
    /// <exception cref="ArgumentException">It is <see langword="null"/> or no data.</exception>
    internal static ArrayLike FromObject(object? value, string what) =>
        value switch
        {
            ArrayLike data => data,
            IArrayLike data => data.ToArrayLike(),
            NDArray array => array,
            Tensor tensor => tensor,
            Array array => array,
            IEnumerable named and not string when ValuesByName(named) is { } pairs => new ArrayLike(
                pairs.Select(p => KeyValuePair.Create(p.Key, Single(p.Value, $"{what}[\"{p.Key}\"]")))
            ),
            IEnumerable several and not string => new ArrayLike(
                several.Cast<object?>().Select((item, i) => FromObject(item, Invariant($"{what}[{i}]")))
            ),
            _ => throw new ArgumentException(
                $"Data are an NDArray, a Tensor, C# arrays of numbers, or lists and dictionaries of these, but {what} is "
                    + $"{(value is null ? "null" : $"{value} ({value.GetType().Name})")}.",
                what
            ),
        };

    private static object Single(object? value, string what) =>
        FromObject(value, what) is { IsList: false } data
            ? data._items[0]
            : throw new ArgumentException($"Data by name hold one array for each name, but {what} holds several.", what);

    // A dictionary of any kind of array: Dictionary<string, NDArray> or <string, float[,]>, F#'s dict and Map.
    private static IEnumerable<KeyValuePair<string, object?>>? ValuesByName(IEnumerable several)
    {
        bool isNamed = Array.Exists(
            several.GetType().GetInterfaces(),
            i =>
                i.IsGenericType
                && i.GetGenericTypeDefinition() == typeof(IEnumerable<>)
                && i.GetGenericArguments()[0] is { IsGenericType: true } item
                && item.GetGenericTypeDefinition() == typeof(KeyValuePair<,>)
                && item.GetGenericArguments()[0] == typeof(string)
        );
        return isNamed
            ? several
                .Cast<object>()
                .Select(p =>
                    KeyValuePair.Create((string)p.GetType().GetProperty("Key")!.GetValue(p)!, p.GetType().GetProperty("Value")!.GetValue(p))
                )
            : null;
    }
}
