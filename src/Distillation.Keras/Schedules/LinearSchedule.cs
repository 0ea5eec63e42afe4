using System.Globalization;

namespace Distillation.Keras.Schedules;

/// <summary>A value that changes evenly: <c>initial + (final - initial) · t</c>, t from 0 to 1.</summary>
/// <remarks>
/// It changes from step to step, not only between epochs; before it begins it is the first value, after it has ended the second one. With
/// <c>new LinearSchedule(4, 1)</c> a temperature falls from 4 at the first step to (nearly) 1 at the last. Immutable and safe to share.
/// </remarks>
public sealed class LinearSchedule : Schedule
{
    private readonly Progress _progress;

    /// <inheritdoc cref="LinearSchedule" path="/summary"/>
    /// <param name="initial">The value at the beginning.</param>
    /// <param name="final">The value at the end.</param>
    /// <param name="epochs">
    /// How many epochs the change takes, positive; <see langword="null"/>: from <paramref name="start"/> to the end of the fit.
    /// </param>
    /// <param name="start">After how many epochs it begins, not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public LinearSchedule(double initial, double final, double? epochs = null, double start = 0)
    {
        Initial = Arguments.Finite(initial);
        Final = Arguments.Finite(final);
        _progress = Progress.Of(epochs, start);
    }

    /// <summary>The value at the beginning.</summary>
    public double Initial { get; }

    /// <summary>The value at the end.</summary>
    public double Final { get; }

    /// <summary>How many epochs the change takes; <see langword="null"/>: to the end of the fit.</summary>
    public double? Epochs => _progress.Epochs;

    /// <summary>After how many epochs it begins.</summary>
    public double Start => _progress.Start;

    internal override double? Least => Math.Min(Initial, Final);

    /// <inheritdoc/>
    public override double ValueAt(double epoch, double epochs)
    {
        double t = _progress.At(epoch, epochs);
        return ((1 - t) * Initial) + (t * Final);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"linear from {Initial} to {Final} {_progress}");
}
