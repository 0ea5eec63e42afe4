using System.Globalization;
using System.Text;

namespace Distillation.Keras.Callbacks;

/// <summary>
/// Keras' progress line: drawn in place on a terminal, one plain line an epoch where output is redirected or <c>verbose</c> is 2.
/// </summary>
/// <remarks>
/// Reading a batch's values makes the step wait, so they are asked for only when a drawing is due. The values drawn are the running means
/// of the epoch. Sources: <c>keras/src/utils/progbar.py</c>, <c>keras/src/callbacks/progbar_logger.py</c>.
/// </remarks>
internal sealed class ProgressBar : Callback, IDisposable
{
    private const int FullBar = 20;
    private const int SmallestBar = 5;
    private const string Indent = "    ";
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly ProgressOutput _output;
    private readonly TimeProvider _time;
    private StepClock? _clock;
    private long? _drawn;
    private bool _inFit;
    private bool _lineIsOpen;
    private bool? _canDrawBar;
    private int _verbose;

    /// <inheritdoc cref="ProgressBar" path="/summary"/>
    /// <param name="output">Where the line goes; the console by default.</param>
    /// <param name="time">The clock; the system's by default.</param>
    public ProgressBar(ProgressOutput? output = null, TimeProvider? time = null)
    {
        _output = output ?? ProgressOutput.OfConsole();
        _time = time ?? TimeProvider.System;
    }

    /// <summary>One for steps that have no values: those of a prediction.</summary>
    /// <param name="verbose">1: a line that is drawn over, 2: one line.</param>
    /// <param name="output">Where the line goes; the console by default.</param>
    /// <param name="time">The clock; the system's by default.</param>
    public static ProgressBar OfSteps(int verbose, ProgressOutput? output = null, TimeProvider? time = null) =>
        new(output, time) { _verbose = verbose };

    private bool Draws => Parameters.Verbose == 1 && _output.IsTerminal;

    /// <summary>Begins to count steps without values.</summary>
    public void BeginSteps(Model model, int? steps)
    {
        Set(model, new FitParameters(1, steps, _verbose));
        OnTestBegin(new Logs());
    }

    /// <summary>A step was made.</summary>
    public void EndStep(int step)
    {
        if (WantsTestBatch(step))
        {
            OnTestBatchEnd(step, new Logs());
        }
    }

    /// <summary>All steps were made.</summary>
    public void EndSteps() => OnTestEnd(new Logs());

    /// <summary>Ends a line that an exception left open.</summary>
    public void Dispose() => OnInterrupted();

    public override void OnTrainBegin(Logs logs) => _inFit = true;

    public override void OnEpochBegin(int epoch, Logs logs)
    {
        _clock = new StepClock(_time);
        if (Parameters.Verbose != 0 && Parameters.Epochs > 1)
        {
            Write(string.Create(CultureInfo.InvariantCulture, $"Epoch {epoch + 1}/{Parameters.Epochs}{Environment.NewLine}"));
        }
    }

    public override void OnTrainBatchEnd(int batch, Logs logs) => Draw(logs);

    public override void OnEpochEnd(int epoch, Logs logs) => Finish(logs);

    public override void OnTestBegin(Logs logs)
    {
        if (!_inFit)
        {
            _clock = new StepClock(_time);
        }
    }

    public override void OnTestBatchEnd(int batch, Logs logs) => Draw(logs);

    public override void OnTestEnd(Logs logs)
    {
        if (!_inFit)
        {
            Finish(logs);
        }
    }

    internal override void OnTakenUp(int epoch, int step) => OnEpochBegin(epoch, new Logs());

    internal override bool WantsTrainBatch(int batch) => IsDue(batch);

    // The validation of a fit is silent.
    internal override bool WantsTestBatch(int batch) => !_inFit && IsDue(batch);

    internal override void OnInterrupted()
    {
        if (_lineIsOpen)
        {
            Write(Environment.NewLine);
            _lineIsOpen = false;
        }
    }

    private bool IsDue(int batch)
    {
        StepClock clock = _clock!;

        // A last group of steps may be smaller than its number says.
        int seen = batch + 1;
        clock.Report(Parameters.Steps is int steps ? Math.Min(seen, steps) : seen);
        return Draws && (_drawn is not long last || _time.GetElapsedTime(last) >= Interval);
    }

    private void Draw(Logs logs)
    {
        StepClock clock = _clock!;
        string left = Parameters.Steps is int steps ? clock.Remaining(steps) : clock.ElapsedText;
        Write("\r" + OneLine(clock, Parameters.Steps, left, logs) + "\x1b[K");
        _lineIsOpen = true;
        _drawn = _time.GetTimestamp();
    }

    private void Finish(Logs logs)
    {
        StepClock clock = _clock!;
        int steps = Parameters.Steps ?? clock.Seen;
        if (Draws)
        {
            Write((_lineIsOpen ? "\r" : string.Empty) + AllLines(clock, steps, logs));
            _lineIsOpen = false;
            _drawn = _time.GetTimestamp();
        }
        else if (Parameters.Verbose != 0)
        {
            string values = string.Concat(logs.Select(l => " - " + Value(l)));
            Write($"{Count(clock.Seen, steps)} - {clock.ElapsedText} - {clock.PerStepText}{values}{Environment.NewLine}");
        }
    }

    // A line that is drawn over must not wrap: first the bar becomes shorter, then the last values are left out.
    private string OneLine(StepClock clock, int? steps, string time, Logs logs)
    {
        string count = Count(clock.Seen, steps);
        string speed = clock.PerStepText;
        int room = _output.Width() - 1 - count.Length - time.Length - speed.Length - (steps is null ? 2 : 3);
        string[] values = [.. logs.Select(l => " - " + Value(l))];
        int bar = steps is null ? 0 : Math.Clamp(room - values.Sum(v => v.Length), SmallestBar, FullBar);
        room -= bar;
        var text = new StringBuilder(Head(count, clock.Seen, steps, bar, time, speed));
        foreach (string value in values)
        {
            room -= value.Length;
            if (room < 0)
            {
                break;
            }

            text.Append(value);
        }

        return text.ToString();
    }

    // The line that stays shows all values, on further lines where one is not wide enough.
    private string AllLines(StepClock clock, int steps, Logs logs)
    {
        string count = Count(clock.Seen, steps);
        string time = clock.ElapsedText;
        string speed = clock.PerStepText;
        var text = new StringBuilder(Head(count, clock.Seen, steps, FullBar, time, speed));
        int room = _output.Width() - 1;
        int used = count.Length + FullBar + time.Length + speed.Length + 3;
        foreach (KeyValuePair<string, double> log in logs)
        {
            string value = Value(log);
            if (used + value.Length + 3 > room)
            {
                text.Append("\x1b[K").Append(Environment.NewLine).Append(Indent).Append(value);
                used = Indent.Length + value.Length;
            }
            else
            {
                text.Append(" - ").Append(value);
                used += value.Length + 3;
            }
        }

        return text.Append("\x1b[K").Append(Environment.NewLine).ToString();
    }

    private string Head(string count, int seen, int? steps, int width, string time, string speed)
    {
        string bar = string.Empty;
        if (steps is int all)
        {
            int done = all == 0 ? width : (int)((double)width * seen / all);
            (string full, string empty) = (_canDrawBar ??= _output.CanWrite("━")) ? ("━", "━") : ("=", ".");
            bar = (done > 0 ? $" \x1b[32m{Repeat(full, done)}\x1b[0m" : " ") + $"\x1b[37m{Repeat(empty, width - done)}\x1b[0m";
        }

        return $"\x1b[1m{count}\x1b[0m{bar} \x1b[1m{time}\x1b[0m {speed}";
    }

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static string Count(int seen, int? steps)
    {
        string text = seen.ToString(CultureInfo.InvariantCulture);
        return steps?.ToString(CultureInfo.InvariantCulture) is string all ? $"{text.PadLeft(all.Length)}/{all}" : $"{text, 7}/Unknown";
    }

    private static string Value(KeyValuePair<string, double> log) => $"{log.Key}: {PythonNumber.Short(log.Value)}";

    private void Write(string text)
    {
        TextWriter writer = _output.Writer();
        writer.Write(text);
        writer.Flush();
    }
}
