using System.Globalization;

namespace Distillation.Keras.Schedules;

/// <summary>A value that is multiplied by a factor every few epochs: <c>initial · factor^⌊epoch / every⌋</c>.</summary>
/// <remarks>Immutable and safe to share.</remarks>
public sealed class StepSchedule : Schedule
{
    /// <inheritdoc cref="StepSchedule" path="/summary"/>
    /// <param name="initial">The value at the beginning.</param>
    /// <param name="factor">What it is multiplied by, positive.</param>
    /// <param name="every">After how many epochs each time, positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public StepSchedule(double initial, double factor, double every)
    {
        Initial = Arguments.Finite(initial);
        Factor = Arguments.Positive(factor);
        Every = Arguments.Positive(every);
    }

    /// <summary>The value at the beginning.</summary>
    public double Initial { get; }

    /// <summary>What it is multiplied by.</summary>
    public double Factor { get; }

    /// <summary>After how many epochs each time.</summary>
    public double Every { get; }

    // It never changes its sign, but comes as near to 0, or as far from it, as the fit is long.
    internal override double? Least =>
        Initial > 0 ? double.Epsilon
        : Initial == 0 ? 0
        : double.MinValue;

    /// <inheritdoc/>
    public override double ValueAt(double epoch, double epochs) => Initial * Math.Pow(Factor, Math.Floor(epoch / Every));

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Initial}, times {Factor} every {Every} epochs");
}
