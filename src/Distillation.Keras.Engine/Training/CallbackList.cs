using Distillation.Keras.Backend;
using Distillation.Keras.Callbacks;
using Distillation.Keras.State;

namespace Distillation.Keras.Training;

/// <summary>Tells several callbacks in order. Values of batches are computed only where a callback wants them.</summary>
internal sealed class CallbackList : IDisposable
{
    private readonly Callback[] _callbacks;
    private readonly Claim _claim;

    /// <summary>Takes the callbacks until it is disposed.</summary>
    /// <param name="name">The fit's or evaluation's name in messages.</param>
    /// <param name="callbacks">The callbacks.</param>
    /// <param name="program">What is run.</param>
    /// <param name="parameters">What was asked for.</param>
    /// <exception cref="InvalidOperationException">One of the callbacks serves another fit.</exception>
    public CallbackList(string name, IEnumerable<Callback> callbacks, TrainingProgram program, FitParameters parameters)
        : this(name, callbacks, c => c.Set(program, parameters)) { }

    /// <summary>Takes the callbacks of a prediction until it is disposed.</summary>
    public CallbackList(string name, IEnumerable<Callback> callbacks, Model model, int? steps, int verbose)
        : this(name, callbacks, c => c.Set(model, new FitParameters(1, steps, verbose))) { }

    private CallbackList(string name, IEnumerable<Callback> callbacks, Action<Callback> set)
    {
        _callbacks = [.. callbacks];
        _claim = new Claim(name);
        try
        {
            _claim.Take(_callbacks);
        }
        catch
        {
            _claim.Dispose();
            throw;
        }

        Array.ForEach(_callbacks, set);
    }

    /// <summary>Whether one of them sees to a loss that is no finite number.</summary>
    public bool HandleBadLoss => Array.Exists(_callbacks, c => c.HandlesBadLoss);

    public void TrainBegin() => Each(c => c.OnTrainBegin(new Logs()));

    public void TrainEnd(Logs logs) => Each(c => c.OnTrainEnd(logs));

    /// <summary>Tells all that an exception ends the fit or evaluation.</summary>
    public void Interrupted() => Each(c => c.OnInterrupted());

    public void EpochBegin(int epoch) => Each(c => c.OnEpochBegin(epoch, new Logs()));

    public void EpochEnd(int epoch, Logs logs) => Each(c => c.OnEpochEnd(epoch, logs));

    public void TrainBatchBegin(int batch) => Each(c => c.OnTrainBatchBegin(batch, new Logs()));

    public void TestBegin() => Each(c => c.OnTestBegin(new Logs()));

    public void TestEnd(Logs logs) => Each(c => c.OnTestEnd(logs));

    public void TestBatchBegin(int batch) => Each(c => c.OnTestBatchBegin(batch, new Logs()));

    public void PredictBegin() => Each(c => c.OnPredictBegin(new Logs()));

    public void PredictEnd() => Each(c => c.OnPredictEnd(new Logs()));

    public void PredictBatchBegin(int batch) => Each(c => c.OnPredictBatchBegin(batch, new Logs()));

    public void PredictBatchEnd(int batch) => Each(c => c.OnPredictBatchEnd(batch, new Logs()));

    /// <summary>The state that one of them has kept, which the fit is to go on from.</summary>
    public FitState? Resumed()
    {
        FitState? state = null;
        Each(c => state ??= c.Resumed());
        return state;
    }

    public void BetweenSteps(int epoch, int step, Func<FitState> take) => Each(c => c.BetweenSteps(epoch, step, take));

    /// <summary>Tells all that the state of the fit is about to be taken down, as it is cancelled.</summary>
    public void BeforeState() => Each(c => c.BeforeState());

    /// <summary>Tells all that the fit goes on within an epoch.</summary>
    public void TakenUp(int epoch, int step) => Each(c => c.OnTakenUp(epoch, step));

    /// <summary>
    /// What they have seen, taken down or put back; the callbacks of a class go by their order. One that the state does not know begins
    /// anew.
    /// </summary>
    public void Exchange(StateExchange state)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (Callback callback in _callbacks)
        {
            string name = callback.GetType().Name;
            int number = counts[name] = counts.GetValueOrDefault(name) + 1;
            string own = Invariant($"{name}_{number}");
            if (!state.IsRestoring || state.Holds(own))
            {
                callback.ExchangeState(state.In(own));
            }
        }
    }

    /// <summary>Tells those that want the batch.</summary>
    public void TrainBatchEnd(int batch, Func<Logs> read)
    {
        Logs? logs = null;
        foreach (Callback callback in _callbacks)
        {
            if (callback.WantsTrainBatch(batch))
            {
                logs ??= read();
                try
                {
                    callback.OnTrainBatchEnd(batch, logs);
                }
                catch (Exception e) when (NativeFailure.Is(e))
                {
                    throw Failed(callback, e);
                }
            }
        }
    }

    /// <summary>Tells those that want the batch.</summary>
    public void TestBatchEnd(int batch, Func<Logs> read)
    {
        Logs? logs = null;
        foreach (Callback callback in _callbacks)
        {
            if (callback.WantsTestBatch(batch))
            {
                logs ??= read();
                try
                {
                    callback.OnTestBatchEnd(batch, logs);
                }
                catch (Exception e) when (NativeFailure.Is(e))
                {
                    throw Failed(callback, e);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _claim.Dispose();

    private void Each(Action<Callback> tell)
    {
        foreach (Callback callback in _callbacks)
        {
            try
            {
                tell(callback);
            }
            catch (Exception e) when (NativeFailure.Is(e))
            {
                throw Failed(callback, e);
            }
        }
    }

    private static Exception Failed(Callback callback, Exception e) =>
        NativeFailure.Of(e, $"The callback {callback.GetType().Name}", "Look at what it computes.", areArguments: false);
}
