using Distillation.Keras.Optimizers;
using Distillation.Keras.State;

namespace Distillation.Keras.Callbacks;

/// <summary>Is told what happens during <c>Fit</c>, <c>Evaluate</c> and <c>Predict</c>, and may change it.</summary>
/// <remarks>
/// Override what you need; the base methods do nothing. A callback that overrides <see cref="OnTrainBatchEnd"/> makes every step wait for
/// its numbers. Not thread-safe; one callback serves one fit at a time, and is refused by a second one. What it keeps of a fit is the last
/// one's: it begins anew in
/// <see cref="OnTrainBegin"/>. Within any of the methods the model may be evaluated, asked for predictions, or compiled for a later fit.
/// Source: <c>keras/src/callbacks/callback.py</c>.
/// </remarks>
public abstract class Callback
{
    private Model? _model;
    private Optimizer? _optimizer;
    private Func<string, bool?> _higherIsBetter = _ => null;
    private Func<IEnumerable<string>> _names = () => [];
    private bool? _overridesTrainBatchEnd;
    private bool? _overridesTestBatchEnd;

    /// <summary>The model that is trained, evaluated or asked for predictions.</summary>
    /// <exception cref="InvalidOperationException">Nothing has begun yet.</exception>
    public Model Model =>
        _model
        ?? throw new InvalidOperationException($"{GetType().Name} has no model yet: it is set when Fit, Evaluate or Predict begins.");

    /// <summary>The optimizer of the fit, whose <c>LearningRate</c> may be set. In a distillation it is not that of <c>Model</c>.</summary>
    /// <exception cref="InvalidOperationException">No fit has begun yet.</exception>
    public Optimizer Optimizer =>
        _optimizer ?? throw new InvalidOperationException($"{GetType().Name} has no optimizer yet: it is set when Fit begins.");

    /// <summary>What the fit was asked for.</summary>
    public FitParameters Parameters { get; private set; } = new(0, null, 0);

    /// <summary>Called when training begins.</summary>
    /// <param name="logs">Empty, as in Keras.</param>
    public virtual void OnTrainBegin(Logs logs) { }

    /// <summary>Called when training ends, also early.</summary>
    /// <param name="logs">The last epoch's values.</param>
    public virtual void OnTrainEnd(Logs logs) { }

    /// <summary>Called at the beginning of an epoch.</summary>
    /// <param name="epoch">Its number, from 0.</param>
    /// <param name="logs">Empty, as in Keras.</param>
    public virtual void OnEpochBegin(int epoch, Logs logs) { }

    /// <summary>Called at the end of an epoch, after its validation.</summary>
    /// <param name="epoch">Its number, from 0.</param>
    /// <param name="logs">The epoch's values; those of the validation begin with <c>val_</c>.</param>
    public virtual void OnEpochEnd(int epoch, Logs logs) { }

    /// <summary>Called before a training batch; calls <see cref="OnBatchBegin"/>.</summary>
    /// <param name="batch">Its number in the epoch, from 0.</param>
    /// <param name="logs">Empty, as in Keras.</param>
    public virtual void OnTrainBatchBegin(int batch, Logs logs) => OnBatchBegin(batch, logs);

    /// <summary>Called after a training batch; calls <see cref="OnBatchEnd"/>.</summary>
    /// <param name="batch">Its number in the epoch, from 0.</param>
    /// <param name="logs">The running means of the epoch.</param>
    public virtual void OnTrainBatchEnd(int batch, Logs logs) => OnBatchEnd(batch, logs);

    /// <summary>Keras' older name of <see cref="OnTrainBatchBegin"/>.</summary>
    /// <param name="batch">Its number in the epoch, from 0.</param>
    /// <param name="logs">Empty, as in Keras.</param>
    public virtual void OnBatchBegin(int batch, Logs logs) { }

    /// <summary>Keras' older name of <see cref="OnTrainBatchEnd"/>.</summary>
    /// <param name="batch">Its number in the epoch, from 0.</param>
    /// <param name="logs">The running means of the epoch.</param>
    public virtual void OnBatchEnd(int batch, Logs logs) { }

    /// <summary>Called when an evaluation (also a validation) begins.</summary>
    /// <param name="logs">Empty, as in Keras.</param>
    public virtual void OnTestBegin(Logs logs) { }

    /// <summary>Called when an evaluation (also a validation) ends.</summary>
    /// <param name="logs">Its values.</param>
    public virtual void OnTestEnd(Logs logs) { }

    /// <summary>Called before a batch of an evaluation.</summary>
    /// <param name="batch">Its number, from 0.</param>
    /// <param name="logs">Empty, as in Keras.</param>
    public virtual void OnTestBatchBegin(int batch, Logs logs) { }

    /// <summary>Called after a batch of an evaluation.</summary>
    /// <param name="batch">Its number, from 0.</param>
    /// <param name="logs">The running means.</param>
    public virtual void OnTestBatchEnd(int batch, Logs logs) { }

    /// <summary>Called when a prediction begins.</summary>
    /// <param name="logs">Empty, as in Keras.</param>
    public virtual void OnPredictBegin(Logs logs) { }

    /// <summary>Called when a prediction ends.</summary>
    /// <param name="logs">Empty, as in Keras.</param>
    public virtual void OnPredictEnd(Logs logs) { }

    /// <summary>Called before a batch of a prediction.</summary>
    /// <param name="batch">Its number, from 0.</param>
    /// <param name="logs">Empty, as in Keras.</param>
    public virtual void OnPredictBatchBegin(int batch, Logs logs) { }

    /// <summary>Called after a batch of a prediction.</summary>
    /// <param name="batch">Its number, from 0.</param>
    /// <param name="logs">Empty: Keras has the outputs there, which are numbers alone here.</param>
    public virtual void OnPredictBatchEnd(int batch, Logs logs) { }

    /// <summary>
    /// Takes down what it has seen of the fit, or puts that back, so that a fit which was interrupted goes on as if it had not been: called
    /// between two steps, and after
    /// <see cref="OnTrainBegin"/>. The base method does nothing.
    /// </summary>
    /// <param name="state">The part of the fit's state that is the callback's: <c>_wait = (int)state.Integer("wait", _wait);</c></param>
    protected internal virtual void ExchangeState(StateExchange state) { }

    internal void Set(ICallbackHost host, FitParameters parameters)
    {
        _model = host.Model;
        _optimizer = host.Optimizer;
        _higherIsBetter = host.HigherIsBetter;
        _names = () => host.Names;
        Parameters = parameters;
    }

    /// <summary>For a prediction, which has no host.</summary>
    internal void Set(Model model, FitParameters parameters)
    {
        _model = model;
        _optimizer = model.OptimizerOrNull;
        Parameters = parameters;
    }

    /// <summary>The names that an epoch's values will have, but for those that other callbacks add.</summary>
    internal IReadOnlyList<string> LogNames
    {
        get
        {
            IEnumerable<string> names = _names();
            return [.. (Parameters.HasValidation ? names.Concat(names.Select(n => "val_" + n)) : names).Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>
    /// Whether a bigger value of that name (without <c>val_</c>) is a better one; <see langword="null"/>: it cannot be told.
    /// </summary>
    internal bool? HigherIsBetter(string name) => _higherIsBetter(name);

    /// <summary>Whether the callback sees to a loss that is no finite number, so that the fit need not throw.</summary>
    internal virtual bool HandlesBadLoss => false;

    /// <summary>The state that the fit is to go on from; asked for behind <see cref="OnTrainBegin"/>, and mostly none.</summary>
    internal virtual FitState? Resumed() => null;

    /// <summary>Called between two steps of a fit, before the first one of an epoch, too.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="step">How many of its steps are done.</param>
    /// <param name="take">Takes down the state of the fit.</param>
    internal virtual void BetweenSteps(int epoch, int step, Func<FitState> take) { }

    /// <summary>Called before the state of a fit is taken down that is cancelled, to put right what is for a while only.</summary>
    internal virtual void BeforeState() { }

    /// <summary>
    /// Called in place of <see cref="OnTrainEnd"/> when the fit, evaluation or prediction ends by an exception, to free what is held.
    /// </summary>
    internal virtual void OnInterrupted() { }

    /// <summary>Called in place of <see cref="OnEpochBegin"/> when a fit goes on within an epoch that an interrupted one began.</summary>
    internal virtual void OnTakenUp(int epoch, int step) { }

    /// <summary>
    /// Whether the callback wants the values of that training batch. Reading them makes the step wait, so those that only sometimes need
    /// them say so.
    /// </summary>
    internal virtual bool WantsTrainBatch(int batch) => _overridesTrainBatchEnd ??= IsOverride(OnTrainBatchEnd) || IsOverride(OnBatchEnd);

    /// <summary>Whether the callback wants the values of that batch of an evaluation.</summary>
    internal virtual bool WantsTestBatch(int batch) => _overridesTestBatchEnd ??= IsOverride(OnTestBatchEnd);

    // A delegate of a virtual method is that of the class which overrides it, whatever other methods of that name there are.
    private static bool IsOverride(Action<int, Logs> method) => method.Method.DeclaringType != typeof(Callback);
}
