using Distillation.Keras.State;

namespace Distillation.Keras.Callbacks;

/// <summary>Makes the learning rate smaller when a value has stopped improving.</summary>
/// <remarks>
/// Adds <c>learning_rate</c>, the rate of the epoch, to the logs. Not thread-safe; one fit at a time.
/// Source: <c>keras/src/callbacks/reduce_lr_on_plateau.py</c>.
/// </remarks>
public sealed class ReduceLROnPlateau : Callback
{
    private readonly MonitoredValue _value;
    private double _best;
    private int _wait;
    private int _cooling;

    /// <inheritdoc cref="ReduceLROnPlateau" path="/summary"/>
    /// <param name="monitor">The value to watch, by its name in the logs.</param>
    /// <param name="factor">What the learning rate is multiplied by: at least 0 and below 1.</param>
    /// <param name="patience">After how many epochs without improvement the rate becomes smaller.</param>
    /// <param name="verbose">0: silent, 1: says what it does.</param>
    /// <param name="mode">
    /// <c>"min"</c>, <c>"max"</c>, or <c>"auto"</c>: a loss should become small, and a metric knows its own direction.
    /// </param>
    /// <param name="min_delta">The least change that counts as an improvement, without regard to its sign.</param>
    /// <param name="cooldown">How many epochs are let pass after the rate became smaller.</param>
    /// <param name="min_lr">The smallest rate.</param>
    /// <exception cref="ArgumentException"><paramref name="mode"/> is none of the three, or a number is out of its range.</exception>
    public ReduceLROnPlateau(
        string monitor = "val_loss",
        double factor = 0.1,
        int patience = 10,
        int verbose = 0,
        string mode = "auto",
        double min_delta = 1e-4,
        int cooldown = 0,
        double min_lr = 0.0
    )
    {
        _value = new MonitoredValue(this, monitor, mode, min_delta);
        Factor = Arguments.BelowOne(factor);
        Patience = Arguments.AtLeast(0, patience);
        Verbose = Arguments.AtLeast(0, verbose);
        Mode = mode;
        MinDelta = min_delta;
        Cooldown = Arguments.AtLeast(0, cooldown);
        MinLr = Arguments.NotNegative(min_lr);
    }

    /// <summary>The value that is watched.</summary>
    public string Monitor => _value.Name;

    /// <summary>What the learning rate is multiplied by.</summary>
    public double Factor { get; }

    /// <summary>After how many epochs without improvement the rate becomes smaller.</summary>
    public int Patience { get; }

    /// <summary>0: silent, 1: says what it does.</summary>
    public int Verbose { get; }

    /// <summary><c>"auto"</c>, <c>"min"</c> or <c>"max"</c>.</summary>
    public string Mode { get; }

    /// <summary>The least change that counts as an improvement.</summary>
    public double MinDelta { get; }

    /// <summary>How many epochs are let pass after the rate became smaller.</summary>
    public int Cooldown { get; }

    /// <summary>The smallest rate.</summary>
    public double MinLr { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><c>mode</c> is <c>"auto"</c> and the direction of the value cannot be told.</exception>
    /// <exception cref="InvalidOperationException">A schedule gives the optimizer's learning rate.</exception>
    public override void OnTrainBegin(Logs logs)
    {
        RefuseSchedule(this);
        _value.Begin();
        _best = _value.Worst;
        _wait = 0;
        _cooling = 0;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The value is not there; the message lists what is.</exception>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        double rate = Optimizer.LearningRate;
        logs["learning_rate"] = rate;
        if (_value.Read(epoch, logs) is not double current)
        {
            return;
        }

        if (_cooling > 0)
        {
            _cooling--;
            _wait = 0;
        }

        if (_value.IsImprovement(current, _best))
        {
            _best = current;
            _wait = 0;
        }
        else if (_cooling == 0 && ++_wait >= Patience && rate > (float)MinLr)
        {
            double reduced = Math.Max(rate * Factor, MinLr);
            Optimizer.LearningRate = reduced;
            if (Verbose > 0)
            {
                Console.Out.WriteLine(
                    Invariant(
                        $"{Environment.NewLine}Epoch {epoch + 1}: ReduceLROnPlateau reducing learning rate to {PythonNumber.Repr(reduced)}."
                    )
                );
            }

            _cooling = Cooldown;
            _wait = 0;
        }
    }

    /// <inheritdoc/>
    protected internal override void ExchangeState(StateExchange state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _value.Exchange(state);
        _best = state.Number("best", _best);
        _wait = (int)state.Count("wait", _wait);
        _cooling = (int)state.Count("cooling", _cooling);
    }

    /// <summary>Refuses an optimizer whose rate cannot be set, before the first step instead of after an epoch.</summary>
    internal static void RefuseSchedule(Callback callback)
    {
        if (callback.Optimizer.Schedule is { } schedule)
        {
            throw new InvalidOperationException(
                $"{callback.GetType().Name} sets the learning rate, but the optimizer's is given by the schedule "
                    + $"{schedule.GetType().Name}. Create the optimizer with a number as learning_rate, or leave the callback out."
            );
        }
    }
}
