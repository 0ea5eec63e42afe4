using System.Globalization;

namespace Distillation.Keras.Schedules;

/// <summary>The same value during the whole fit.</summary>
/// <remarks>Immutable.</remarks>
public sealed class ConstantSchedule : Schedule
{
    /// <summary>A constant.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not finite.</exception>
    public ConstantSchedule(double value) => Value = Arguments.Finite(value);

    /// <summary>The value.</summary>
    public double Value { get; }

    internal override double? Least => Value;

    /// <inheritdoc/>
    public override double ValueAt(double epoch, double epochs) => Value;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
