namespace Distillation.Keras.Backend;

/// <summary>Rows of rows of numbers that together make one rectangular array.</summary>
/// <remarks>The sizes are those of the first rows; all others must agree.</remarks>
internal sealed class JaggedArray
{
    private readonly Array _array;
    private readonly string? _argument;

    private JaggedArray(Array array, string? argument, Type element, long[] sizes)
    {
        _array = array;
        _argument = argument;
        Element = element;
        Sizes = sizes;
    }

    /// <summary>The type of the values.</summary>
    public Type Element { get; }

    /// <summary>How many rows there are, how many in each, ..., and how many values.</summary>
    public long[] Sizes { get; }

    /// <summary>Looks at an array of arrays.</summary>
    /// <exception cref="ArgumentException">One of the arrays has several axes.</exception>
    public static JaggedArray Of(Array array, string? argument)
    {
        Type element = array.GetType();
        var sizes = new List<long>();
        for (object? level = array; element.IsArray; level = level is Array { Length: > 0 } rows ? rows.GetValue(0) : null)
        {
            if (element.GetArrayRank() != 1)
            {
                throw new ArgumentException(
                    $"Arrays of arrays have one axis each, but this one is {array.GetType().Name}. Use a rectangular array or an NDArray.",
                    argument
                );
            }

            sizes.Add((level as Array)?.LongLength ?? 0);
            element = element.GetElementType()!;
        }

        return new JaggedArray(array, argument, element, [.. sizes]);
    }

    /// <summary>Hands out the innermost rows in order.</summary>
    /// <exception cref="ArgumentException">One is missing, or longer or shorter than the others.</exception>
    public void ForEachRow(Action<Array> take) => ForEachRow(_array, 0, take);

    private void ForEachRow(Array rows, int depth, Action<Array> take)
    {
        if (rows.LongLength != Sizes[depth])
        {
            throw new ArgumentException(
                Invariant(
                    $"The rows of an array of arrays have one length, but there is one of {rows.LongLength} values beside one of "
                        + $"{Sizes[depth]}. Pad them or cut them off."
                ),
                _argument
            );
        }

        if (depth == Sizes.Length - 1)
        {
            take(rows);
            return;
        }

        // Arrays of references are covariant, so that this cast copies nothing.
        foreach (object? row in (object?[])rows)
        {
            ForEachRow(
                row as Array ?? throw new ArgumentException("One of the rows of an array of arrays is null.", _argument),
                depth + 1,
                take
            );
        }
    }
}
