using System.Globalization;

namespace Distillation.Keras.Schedules;

/// <summary>
/// A value that jumps at given epochs: the first of the values before the first boundary, the last one from the last boundary on.
/// </summary>
/// <remarks>
/// <c>new PiecewiseSchedule([10, 20], [8, 4, 1])</c> is 8 for epochs 0 to 9, 4 for 10 to 19 and then 1. Immutable and safe to share.
/// </remarks>
public sealed class PiecewiseSchedule : Schedule
{
    private readonly double[] _boundaries;
    private readonly double[] _values;

    /// <inheritdoc cref="PiecewiseSchedule" path="/summary"/>
    /// <param name="boundaries">After how many epochs it jumps, at least one, positive and ascending.</param>
    /// <param name="values">The values, one more than boundaries.</param>
    /// <exception cref="ArgumentException">There are no boundaries, they do not ascend, or the number of values is wrong.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A boundary is not positive, or a value is not finite.</exception>
    public PiecewiseSchedule(IEnumerable<double> boundaries, IEnumerable<double> values)
    {
        ArgumentNullException.ThrowIfNull(boundaries);
        ArgumentNullException.ThrowIfNull(values);
        _boundaries = [.. boundaries.Select(b => Arguments.Positive(b, nameof(boundaries)))];
        _values = [.. values.Select(v => Arguments.Finite(v, nameof(values)))];
        if (_boundaries.Length == 0 || _boundaries.Zip(_boundaries.Skip(1)).Any(pair => pair.First >= pair.Second))
        {
            throw new ArgumentException(
                $"Boundaries are one or more epochs, each after the one before, but found [{Text(_boundaries)}].",
                nameof(boundaries)
            );
        }

        if (_values.Length != _boundaries.Length + 1)
        {
            throw new ArgumentException(
                Invariant($"{_boundaries.Length} boundaries part {_boundaries.Length + 1} values, but there are {_values.Length}."),
                nameof(values)
            );
        }
    }

    /// <summary>After how many epochs it jumps.</summary>
    public IReadOnlyList<double> Boundaries => _boundaries;

    /// <summary>The values, one more than boundaries.</summary>
    public IReadOnlyList<double> Values => _values;

    internal override double? Least => _values.Min();

    /// <inheritdoc/>
    public override double ValueAt(double epoch, double epochs) => _values[_boundaries.Count(b => b <= epoch)];

    /// <inheritdoc/>
    public override string ToString() => $"[{Text(_values)}] with jumps at epochs [{Text(_boundaries)}]";

    private static string Text(double[] numbers) => string.Join(", ", numbers.Select(n => n.ToString(CultureInfo.InvariantCulture)));
}
