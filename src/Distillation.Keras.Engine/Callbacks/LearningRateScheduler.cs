namespace Distillation.Keras.Callbacks;

/// <summary>Sets the learning rate at the beginning of every epoch.</summary>
/// <remarks>
/// Adds <c>learning_rate</c>, the rate of the epoch, to the logs. Not thread-safe; one fit at a time.
/// Source: <c>keras/src/callbacks/learning_rate_scheduler.py</c>.
/// </remarks>
public sealed class LearningRateScheduler : Callback
{
    /// <inheritdoc cref="LearningRateScheduler" path="/summary"/>
    /// <param name="schedule">Takes the epoch (from 0) and the current learning rate, and gives the new one.</param>
    /// <param name="verbose">0: silent, 1: says what it does.</param>
    public LearningRateScheduler(Func<int, double, double> schedule, int verbose = 0)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        Schedule = schedule;
        Verbose = Arguments.AtLeast(0, verbose);
    }

    /// <summary>Takes the epoch (from 0) and the current learning rate, and gives the new one.</summary>
    public Func<int, double, double> Schedule { get; }

    /// <summary>0: silent, 1: says what it does.</summary>
    public int Verbose { get; }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">A schedule gives the optimizer's learning rate.</exception>
    public override void OnTrainBegin(Logs logs) => ReduceLROnPlateau.RefuseSchedule(this);

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The schedule gave a rate that is negative or not finite.</exception>
    public override void OnEpochBegin(int epoch, Logs logs)
    {
        double rate = Schedule(epoch, Optimizer.LearningRate);
        if (!(rate >= 0) || double.IsInfinity(rate))
        {
            throw new InvalidOperationException(
                Invariant(
                    $"The schedule must give a finite learning rate that is not negative, but for epoch {epoch} (from 0) it gave "
                        + $"{PythonNumber.Repr(rate)}."
                )
            );
        }

        Optimizer.LearningRate = rate;
        if (Verbose > 0)
        {
            Console.Out.WriteLine(
                Invariant(
                    $"{Environment.NewLine}Epoch {epoch + 1}: LearningRateScheduler setting learning rate to {PythonNumber.Repr(rate)}."
                )
            );
        }
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        logs["learning_rate"] = Optimizer.LearningRate;
    }
}
