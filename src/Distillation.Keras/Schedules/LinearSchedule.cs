using System.Globalization;

namespace Distillation.Keras.Schedules;

/// <summary>A value that changes evenly: <c>from + (to - from) · t</c>, t from 0 to 1.</summary>
/// <remarks>
/// It changes from step to step, not only between epochs; before it begins it is the first value, after it has ended the second one. With
/// <c>new LinearSchedule(4, 1)</c> a temperature falls from 4 at the first step to (nearly) 1 at the last. Immutable and safe to share.
/// </remarks>
public sealed class LinearSchedule : Schedule
{
    private readonly Progress _progress;

    /// <inheritdoc cref="LinearSchedule" path="/summary"/>
    /// <param name="from">The value at the beginning.</param>
    /// <param name="to">The value at the end.</param>
    /// <param name="epochs">
    /// How many epochs the change takes, positive; <see langword="null"/>: from <paramref name="begin"/> to the end of the fit.
    /// </param>
    /// <param name="begin">After how many epochs it begins, not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public LinearSchedule(double from, double to, double? epochs = null, double begin = 0)
    {
        From = Arguments.Finite(from);
        To = Arguments.Finite(to);
        _progress = Progress.Of(epochs, begin);
    }

    /// <summary>The value at the beginning.</summary>
    public double From { get; }

    /// <summary>The value at the end.</summary>
    public double To { get; }

    /// <summary>How many epochs the change takes; <see langword="null"/>: to the end of the fit.</summary>
    public double? Epochs => _progress.Epochs;

    /// <summary>After how many epochs it begins.</summary>
    public double Begin => _progress.Begin;

    internal override double? Least => Math.Min(From, To);

    /// <inheritdoc/>
    public override double ValueAt(double epoch, double epochs)
    {
        double t = _progress.At(epoch, epochs);
        return ((1 - t) * From) + (t * To);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"linear from {From} to {To} {_progress}");
}
