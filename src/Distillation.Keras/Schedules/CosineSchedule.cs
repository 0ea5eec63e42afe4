using System.Globalization;

namespace Distillation.Keras.Schedules;

/// <summary>
/// A value that changes along half a cosine wave, slowly at both ends: <c>initial + (final - initial) · (1 - cos(π t)) / 2</c>,
/// t from 0 to 1.
/// </summary>
/// <remarks>
/// It changes from step to step, not only between epochs; before it begins it is the first value, after it has ended the second one.
/// Loshchilov and Hutter, SGDR, arXiv 1608.03983, equation 5, without restarts. Immutable and safe to share.
/// </remarks>
public sealed class CosineSchedule : Schedule
{
    private readonly Progress _progress;

    /// <inheritdoc cref="CosineSchedule" path="/summary"/>
    /// <param name="initial">The value at the beginning.</param>
    /// <param name="final">The value at the end.</param>
    /// <param name="epochs">
    /// How many epochs the change takes, positive; <see langword="null"/>: from <paramref name="start"/> to the end of the fit.
    /// </param>
    /// <param name="start">After how many epochs it begins, not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public CosineSchedule(double initial, double final, double? epochs = null, double start = 0)
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
        double wave = (1 - Math.Cos(Math.PI * _progress.At(epoch, epochs))) / 2;
        return ((1 - wave) * Initial) + (wave * Final);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"cosine from {Initial} to {Final} {_progress}");
}
