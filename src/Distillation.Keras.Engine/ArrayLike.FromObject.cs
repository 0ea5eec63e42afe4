using System.Collections;
using NumSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <content>Data whose type is known only when the program runs: an element of a tuple.</content>
public sealed partial class ArrayLike
{
    /// <summary>Data from an object of any of the types that convert.</summary>
    /// <param name="value">An array, several in a list, or several by name.</param>
    /// <param name="what">Its name in messages.</param>
    /// <exception cref="ArgumentException">It is <see langword="null"/> or no data.</exception>
    internal static ArrayLike FromObject(object? value, string what) => value switch
    {
        ArrayLike data => data,
        IArrayLike data => data.ToArrayLike(),
        NDArray array => array,
        Tensor tensor => tensor,
        Array array => array,
        IEnumerable<KeyValuePair<string, NDArray>> arrays => new Dictionary<string, NDArray>(arrays),
        IEnumerable<KeyValuePair<string, Tensor>> tensors => new Dictionary<string, Tensor>(tensors),
        IEnumerable several and not string => new ArrayLike(several.Cast<object?>().Select((item, i) => FromObject(item, Invariant($"{what}[{i}]")))),
        _ => throw new ArgumentException($"Data are an NDArray, a Tensor, C# arrays of numbers, or lists and dictionaries of these, but {what} is {(value is null ? "null" : $"{value} ({value.GetType().Name})")}.", what),
    };
}
