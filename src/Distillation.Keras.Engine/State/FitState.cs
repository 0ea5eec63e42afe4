using static TorchSharp.torch;

namespace Distillation.Keras.State;

/// <summary>
/// Where a fit stood between two steps: everything that the rest of it depends on, so that it can go on as if it had not been interrupted.
/// </summary>
/// <remarks>
/// Weights, the optimizer's state, the place in the data and their order, random numbers, the sums of the epoch, what callbacks have seen,
/// the history. Immutable and thread-safe; in managed memory, so that there is nothing to release. A cancelled fit brings it in its
/// <see cref="FitCanceledException"/>; <c>Fit(..., state: e.State)</c> goes on from it. Not part of it are the data, the model's
/// architecture and the arguments of <c>Compile</c> and <c>Fit</c>: they are given again.
/// </remarks>
public sealed class FitState
{
    /// <summary>Puts together what <see cref="Values"/> of another one held.</summary>
    /// <param name="values">The arrays by their names.</param>
    /// <exception cref="ArgumentException">An array is null, or there is no epoch or step.</exception>
    public FitState(IReadOnlyDictionary<string, StateArray> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        Values = new Dictionary<string, StateArray>(values, StringComparer.Ordinal);
        if (Values.FirstOrDefault(v => v.Value is null).Key is string missing)
        {
            throw new ArgumentException($"The state of a fit has an array for each name, but that of '{missing}' is null.", nameof(values));
        }

        Epoch = Count(Values, "loop/epoch");
        Step = Count(Values, "loop/step");
    }

    /// <summary>The epoch under way, from 0.</summary>
    public int Epoch { get; }

    /// <summary>How many steps of it are done.</summary>
    public int Step { get; }

    /// <summary>The seed that the fit was given or drew; <see langword="null"/> where it drew none.</summary>
    internal int? Seed =>
        Values.TryGetValue("loop/seed", out StateArray? seed)
        && seed.Bytes.Length == sizeof(long)
        && BitConverter.ToInt64(seed.Bytes) is >= int.MinValue and <= int.MaxValue and long number
            ? (int)number
            : null;

    /// <summary>All arrays by their names, such as <c>weights/0</c> and <c>optimizer/iteration</c>.</summary>
    public IReadOnlyDictionary<string, StateArray> Values { get; }

    private static int Count(IReadOnlyDictionary<string, StateArray> values, string name) =>
        values.TryGetValue(name, out StateArray? value)
        && value is { ElementType: ScalarType.Int64, Sizes.Count: 0 }
        && BitConverter.ToInt64(value.Bytes) is >= 0 and <= int.MaxValue and long count
            ? (int)count
            : throw new ArgumentException(
                $"The state of a fit has a whole number '{name}' that is not negative, but it has "
                    + $"{(value is null ? "none" : "another value there")}.",
                nameof(values)
            );
}
