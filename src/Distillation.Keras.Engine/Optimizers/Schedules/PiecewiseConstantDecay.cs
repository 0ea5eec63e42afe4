using Distillation.Keras.Saving;

namespace Distillation.Keras.Optimizers.Schedules;

/// <summary>A constant rate between boundaries.</summary>
/// <remarks>
/// A boundary belongs to the part before it: <c>values[0]</c> holds while <c>step &lt;= boundaries[0]</c>.
/// Immutable. Source: <c>keras/src/optimizers/schedules/learning_rate_schedule.py</c>.
/// </remarks>
public sealed class PiecewiseConstantDecay : LearningRateSchedule
{
    private readonly double[] _boundaries;
    private readonly double[] _values;

    /// <inheritdoc cref="PiecewiseConstantDecay" path="/summary"/>
    /// <param name="boundaries">The last steps of the parts but the last, rising.</param>
    /// <param name="values">The rates of the parts, one more than there are boundaries.</param>
    /// <param name="name">Its name in configurations; by default Keras' own.</param>
    /// <exception cref="ArgumentException">The counts do not fit, or the boundaries do not rise.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A rate is negative or not finite.</exception>
    public PiecewiseConstantDecay(double[] boundaries, double[] values, string name = "PiecewiseConstant")
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(boundaries);
        ArgumentNullException.ThrowIfNull(values);
        if (boundaries.Length == 0 || boundaries.Length != values.Length - 1)
        {
            throw new ArgumentException(
                $"There should be at least one boundary and one value more than boundaries, but there are {boundaries.Length} boundaries "
                    + $"and {values.Length} values.",
                nameof(boundaries)
            );
        }

        for (int i = 0; i < boundaries.Length; i++)
        {
            Arguments.Finite(boundaries[i], nameof(boundaries));
            if (i > 0 && boundaries[i] <= boundaries[i - 1])
            {
                throw new ArgumentException(
                    Invariant($"The boundaries should rise, but {boundaries[i]} follows {boundaries[i - 1]}."),
                    nameof(boundaries)
                );
            }
        }

        foreach (double value in values)
        {
            Arguments.NotNegative(value, nameof(values));
        }

        _boundaries = [.. boundaries];
        _values = [.. values];
    }

    /// <summary>The last steps of the parts but the last.</summary>
    [WholeNumber]
    public IReadOnlyList<double> Boundaries => _boundaries;

    /// <summary>The rates of the parts.</summary>
    public IReadOnlyList<double> Values => _values;

    /// <inheritdoc/>
    public override double Call(double step)
    {
        int part = 0;
        while (part < _boundaries.Length && step > _boundaries[part])
        {
            part++;
        }

        return (float)_values[part];
    }
}
