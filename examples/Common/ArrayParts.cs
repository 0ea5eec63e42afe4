using NumSharp;

namespace Examples.Common;

/// <summary>Parts of arrays.</summary>
public static class ArrayParts
{
    /// <summary>The first rows, as an array of its own; the array itself where it has no more.</summary>
    /// <param name="array">The array.</param>
    /// <param name="count">How many rows.</param>
    public static NDArray First(this NDArray array, int count)
    {
        ArgumentNullException.ThrowIfNull(array);
        if (count >= array.shape[0])
        {
            return array;
        }

        using NDArray view = array[$":{count}"];
        return view.copy();
    }
}
