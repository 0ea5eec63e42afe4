using Distillation.Keras.State;
using static TorchSharp.torch;

namespace Distillation.Keras.Callbacks;

/// <summary>Ends training when a value has stopped improving.</summary>
/// <remarks>
/// Not thread-safe; one fit at a time. With <see cref="RestoreBestWeights"/> a copy of the weights is kept during the fit and freed at its
/// end. Source: <c>keras/src/callbacks/early_stopping.py</c>.
/// </remarks>
public sealed class EarlyStopping : Callback
{
    private readonly MonitoredValue _value;
    private readonly List<Tensor> _bestWeights = [];
    private int _wait;
    private int _bestEpoch;

    /// <inheritdoc cref="EarlyStopping" path="/summary"/>
    /// <param name="monitor">The value to watch, by its name in the logs.</param>
    /// <param name="min_delta">The least change that counts as an improvement, without regard to its sign.</param>
    /// <param name="patience">After how many epochs without improvement training ends.</param>
    /// <param name="verbose">0: silent, 1: says what it does.</param>
    /// <param name="mode">
    /// <c>"min"</c>, <c>"max"</c>, or <c>"auto"</c>: a loss should become small, and a metric knows its own direction.
    /// </param>
    /// <param name="baseline">A value that must be improved on, or the patience runs out; <see langword="null"/>: none.</param>
    /// <param name="restore_best_weights">
    /// Whether the model gets the weights of its best epoch when training ends (also when it was not ended early).
    /// </param>
    /// <param name="start_from_epoch">How many epochs are let pass before watching.</param>
    /// <exception cref="ArgumentException"><paramref name="mode"/> is none of the three, or a number is out of its range.</exception>
    public EarlyStopping(
        string monitor = "val_loss",
        double min_delta = 0,
        int patience = 0,
        int verbose = 0,
        string mode = "auto",
        double? baseline = null,
        bool restore_best_weights = false,
        int start_from_epoch = 0
    )
    {
        _value = new MonitoredValue(this, monitor, mode, min_delta);
        MinDelta = min_delta;
        Patience = Arguments.AtLeast(0, patience);
        Verbose = Arguments.AtLeast(0, verbose);
        Mode = mode;
        Baseline = baseline is double value ? Arguments.Finite(value, nameof(baseline)) : null;
        RestoreBestWeights = restore_best_weights;
        StartFromEpoch = Arguments.AtLeast(0, start_from_epoch);
    }

    /// <summary>The value that is watched.</summary>
    public string Monitor => _value.Name;

    /// <summary>The least change that counts as an improvement.</summary>
    public double MinDelta { get; }

    /// <summary>After how many epochs without improvement training ends.</summary>
    public int Patience { get; }

    /// <summary>0: silent, 1: says what it does.</summary>
    public int Verbose { get; }

    /// <summary><c>"auto"</c>, <c>"min"</c> or <c>"max"</c>.</summary>
    public string Mode { get; }

    /// <summary>A value that must be improved on, or <see langword="null"/>.</summary>
    public double? Baseline { get; }

    /// <summary>Whether the model gets the weights of its best epoch when training ends.</summary>
    public bool RestoreBestWeights { get; }

    /// <summary>How many epochs are let pass before watching.</summary>
    public int StartFromEpoch { get; }

    /// <summary>The epoch, from 0, that ended training early; 0 if none did.</summary>
    public int StoppedEpoch { get; private set; }

    /// <summary>The best value of the last fit, or <see langword="null"/> before any.</summary>
    public double? Best { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><c>mode</c> is <c>"auto"</c> and the direction of the value cannot be told.</exception>
    public override void OnTrainBegin(Logs logs)
    {
        Forget();
        _wait = 0;
        _bestEpoch = 0;
        StoppedEpoch = 0;
        Best = null;
        _value.Begin();
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The value is not there; the message lists what is.</exception>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        if (_value.Read(epoch, logs) is not double current || epoch < StartFromEpoch)
        {
            return;
        }

        _wait++;

        // As in Keras the first value is the best so far whatever it is, NaN too.
        if (Best is not double best || _value.IsImprovement(current, best))
        {
            Best = current;
            _bestEpoch = epoch;
            Keep();
            if (Baseline is not double baseline || _value.IsImprovement(current, baseline))
            {
                _wait = 0;
            }

            return;
        }

        if (_wait >= Patience && epoch > 0)
        {
            StoppedEpoch = epoch;
            Model.StopTraining = true;
        }
    }

    /// <inheritdoc/>
    public override void OnTrainEnd(Logs logs)
    {
        if (StoppedEpoch > 0 && Verbose > 0)
        {
            Console.Out.WriteLine(Invariant($"Epoch {StoppedEpoch + 1}: early stopping"));
        }

        if (_bestWeights.Count == 0)
        {
            return;
        }

        if (Verbose > 0)
        {
            Console.Out.WriteLine(Invariant($"Restoring model weights from the end of the best epoch: {_bestEpoch + 1}."));
        }

        IReadOnlyList<Variable> weights = Model.Weights;
        for (int i = 0; i < _bestWeights.Count; i++)
        {
            weights[i].Assign(_bestWeights[i]);
        }

        Forget();
    }

    /// <inheritdoc/>
    protected internal override void ExchangeState(StateExchange state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _value.Exchange(state);
        _wait = (int)state.Count("wait", _wait);
        _bestEpoch = (int)state.Count("best_epoch", _bestEpoch);
        StoppedEpoch = (int)state.Count("stopped_epoch", StoppedEpoch);
        Best = state.OptionalNumber("best", Best);
        IReadOnlyList<Tensor> kept = state.Tensors("best_weights", _bestWeights);
        if (state.IsRestoring)
        {
            Forget();
            IReadOnlyList<Variable> weights = Model.Weights;
            if (
                kept.Count > 0
                && (
                    kept.Count != weights.Count
                    || kept.Where((k, i) => k.dtype != weights[i].DType || !k.shape.SequenceEqual(weights[i].Value.shape)).Any()
                )
            )
            {
                foreach (Tensor tensor in kept)
                {
                    tensor.Dispose();
                }

                throw StateExchange.OfAnotherFit($"the best weights that {nameof(EarlyStopping)} kept are not those of '{Model.Name}'");
            }

            _bestWeights.AddRange(kept);
        }
    }

    internal override void OnInterrupted() => Forget();

    private void Keep()
    {
        if (!RestoreBestWeights)
        {
            return;
        }

        using IDisposable noGrad = no_grad();
        IReadOnlyList<Variable> weights = Model.Weights;
        for (int i = 0; i < weights.Count; i++)
        {
            if (i < _bestWeights.Count)
            {
                _bestWeights[i].copy_(weights[i].Value);
            }
            else
            {
                _bestWeights.Add(weights[i].Value.clone().DetachFromDisposeScope());
            }
        }
    }

    private void Forget()
    {
        _bestWeights.ForEach(w => w.Dispose());
        _bestWeights.Clear();
    }
}
