using System.Globalization;

namespace Distillation.Keras.Callbacks;

/// <summary>Measures an epoch or an evaluation: how long it takes, and each of its steps.</summary>
/// <remarks>Source: <c>keras/src/utils/progbar.py</c>.</remarks>
internal sealed class StepClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private long _afterFirst;
    private int _first;

    /// <summary>How many steps were made.</summary>
    public int Seen { get; private set; }

    /// <summary>Seconds since the beginning.</summary>
    public double Elapsed => time.GetElapsedTime(_start).TotalSeconds;

    /// <summary>Takes note that so many steps were made.</summary>
    public void Report(int seen)
    {
        if (Seen == 0)
        {
            _first = seen;
            _afterFirst = time.GetTimestamp();
        }

        Seen = seen;
    }

    /// <summary>
    /// Seconds a step. The first report is left out where there are more, as the first step does things that the others need not.
    /// </summary>
    public double PerStep =>
        Seen == 0 ? 0
        : Seen > _first ? time.GetElapsedTime(_afterFirst).TotalSeconds / (Seen - _first)
        : Elapsed / Seen;

    /// <summary>How long the steps that are left will take: <c>5s</c>, <c>2:05</c>, <c>1:02:05</c>.</summary>
    public string Remaining(int steps)
    {
        var left = TimeSpan.FromSeconds(PerStep * (steps - Seen));
        return left.TotalSeconds > 3600 ? Text($"{(long)left.TotalHours}:{left.Minutes:00}:{left.Seconds:00}")
            : left.TotalSeconds > 60 ? Text($"{left.Minutes + (60 * left.Hours)}:{left.Seconds:00}")
            : Text($"{(int)left.TotalSeconds}s");
    }

    /// <summary>Seconds since the beginning, rounded.</summary>
    public string ElapsedText => Text($"{Math.Round(Elapsed):0}s");

    /// <summary>The time a step in the unit that fits: <c>2s/step</c>, <c>12ms/step</c>, <c>85us/step</c>.</summary>
    public string PerStepText =>
        PerStep switch
        {
            0 or >= 1 => Text($"{Math.Round(PerStep):0}s/step"),
            >= 1e-3 => Text($"{Math.Round(PerStep * 1e3):0}ms/step"),
            _ => Text($"{Math.Round(PerStep * 1e6):0}us/step"),
        };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
