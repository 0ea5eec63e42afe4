using Distillation.Keras.Backend;
using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.State;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>The one loop over epochs and steps, for <c>Fit</c> and for distillation.</summary>
internal sealed partial class TrainingLoop : IDisposable
{
    private readonly TrainingProgram _program;
    private readonly FitOptions _options;
    private readonly BatchSource? _validation;
    private readonly string _name;
    private readonly Lazy<Generator> _generator;
    private readonly BatchReader _reader;
    private readonly int? _steps;

    // The epoch under way, how many of its steps are done, how many an epoch has taken where nobody knew, and what a training gave that
    // only its validation follows.
    private int _epoch;
    private int _step;
    private int? _seenSteps;
    private Logs? _trained;

    private TrainingLoop(string name, TrainingProgram program, BatchSource data, BatchSource? validation, FitOptions options)
    {
        _name = name;
        _program = program;
        _options = options;
        _validation = validation;
        _generator = new Lazy<Generator>(() => RandomState.NewGenerator(options.Seed ?? RandomState.NextSeed()));
        _reader = new BatchReader(data, options.Shuffle, _generator);
        _steps = options.StepsPerEpoch ?? data.Steps;
    }

    /// <summary>Trains.</summary>
    /// <param name="name">The fit's name in messages.</param>
    /// <param name="program">What a step computes.</param>
    /// <param name="data">The training data.</param>
    /// <param name="validation">The validation data, or <see langword="null"/>.</param>
    /// <param name="options">How long and how.</param>
    /// <param name="begun">Is called when the callbacks have taken up the fit, so that nobody refuses it any more.</param>
    /// <returns>What each epoch gave.</returns>
    /// <exception cref="FitCanceledException">The token was cancelled; the step under way was finished.</exception>
    /// <exception cref="ArithmeticException">The loss is not a finite number.</exception>
    public static History Run(
        string name,
        TrainingProgram program,
        BatchSource data,
        BatchSource? validation,
        FitOptions options,
        Action begun
    )
    {
        using var call = new RunningCall(name);
        using var loop = new TrainingLoop(name, program, data, validation, options);
        using var recording = new GradientRecording(program);
        try
        {
            return loop.Run(begun);
        }
        catch (Exception e) when (NativeFailure.Is(e))
        {
            throw NativeFailure.Of(e, "A step or a callback", "Look at the code of one's own that takes part in it.", areArguments: false);
        }
    }

    /// <summary>One pass without training.</summary>
    public static Logs Evaluate(
        TrainingProgram program,
        BatchSource data,
        CallbackList callbacks,
        int? steps,
        CancellationToken cancellationToken,
        string prefix = ""
    )
    {
        // A validation belongs to its fit.
        using var call = new RunningCall(prefix.Length > 0 && RunningCall.Name is string fit ? fit : $"Evaluate of '{program.Model.Name}'");
        program.Reset();
        callbacks.TestBegin();
        using var context = new CallContext(training: false);
        using IEnumerator<Batch> batches = data.Read(SourcePass.InOrder, 0).GetEnumerator();
        int count = steps ?? data.Steps ?? int.MaxValue;
        for (int step = 0; step < count; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // Where nobody knows which batch is the last one, a beginning may have no end, as in Keras.
            callbacks.TestBatchBegin(step);

            // Not the callbacks: one may train another model.
            using (no_grad())
            using (NewDisposeScope())
            {
                if (!batches.MoveNext())
                {
                    // Where the number is not known, it is only now that too many steps were asked for.
                    bool isValidation = prefix.Length > 0;
                    FitOptions.AtMost(step, steps, isValidation ? "validation_steps" : "steps", isValidation ? "validation data" : "data");
                    break;
                }

                program.TestStep(batches.Current.On(program.Device), context);
            }

            callbacks.TestBatchEnd(step, () => program.ReadLogs());
        }

        if (count == data.Steps)
        {
            // A source that has more batches than it said refuses to give them.
            using IDisposable noGrad = no_grad();
            using DisposeScope scope = NewDisposeScope();
            _ = batches.MoveNext();
        }

        Logs logs = program.ReadLogs();
        callbacks.TestEnd(logs);
        return prefix.Length == 0 ? logs : new Logs(logs.Select(l => KeyValuePair.Create(prefix + l.Key, l.Value)));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader.Dispose();
        if (_generator.IsValueCreated)
        {
            _generator.Value.Dispose();
        }
    }

    private History Run(Action begun)
    {
        var history = new History();
        var parameters = new FitParameters(_options.Epochs, _steps, _options.Verbose, _options.ValidationFreq)
        {
            HasValidation = _validation is not null,
        };
        List<Callback> all = [.. _options.Callbacks];
        if (_options.Verbose != 0)
        {
            all.Add(new ProgressBar());
        }

        all.Add(history);
        using var callbacks = new CallbackList(_name, all, _program, parameters);
        try
        {
            Run(callbacks, begun);
        }
        catch
        {
            callbacks.Interrupted();
            throw;
        }

        return history;
    }

    private void Run(CallbackList callbacks, Action begun)
    {
        _program.Optimizer.Build(_program.Variables);
        _program.Model.StopTraining = false;
        _epoch = _options.InitialEpoch;
        var logs = new Logs();
        callbacks.TrainBegin();
        FitState? state = _options.State ?? Kept(callbacks);
        bool isUnderWay = state is not null;
        if (state is not null)
        {
            TakeUp(state, callbacks);
        }

        begun();
        for (; _epoch < _options.Epochs && (isUnderWay || !_program.Model.StopTraining); _epoch++)
        {
            if (isUnderWay)
            {
                callbacks.TakenUp(_epoch, _step);
                isUnderWay = false;
            }
            else
            {
                Begin(callbacks);
            }

            logs = Epoch(callbacks);
            callbacks.EpochEnd(_epoch, logs);
        }

        if (_options.Epochs > _options.InitialEpoch)
        {
            using IDisposable noGrad = no_grad();
            _program.Optimizer.FinalizeVariableValues(_program.Variables);
        }

        callbacks.TrainEnd(logs);
    }

    private void Begin(CallbackList callbacks)
    {
        _step = 0;
        _trained = null;
        _program.Reset();
        if (_options.StepsPerEpoch is null)
        {
            // With steps_per_epoch the next epoch goes on where this one stopped.
            _reader.EndPass();
        }

        callbacks.EpochBegin(_epoch);
    }

    private Logs Epoch(CallbackList callbacks)
    {
        if (_trained is null)
        {
            Train(callbacks);
            _trained = _program.ReadLogs();
            if (!callbacks.HandleBadLoss)
            {
                RefuseBadLoss(_trained, Invariant($"in epoch {_epoch + 1}"));
            }
        }

        // The validation belongs to the epoch's end, not to the next one.
        _program.At(Math.BitDecrement(_epoch + 1.0), _options.Epochs);
        return Validate(callbacks, _epoch, _trained);
    }

    // Only here, between two steps, is the state that of the whole fit: a token that a callback or a step looks at itself cancels without
    // one.
    private void ThrowIfCanceled(CallbackList callbacks)
    {
        if (_options.CancellationToken.IsCancellationRequested)
        {
            throw Canceled(callbacks, new OperationCanceledException(_options.CancellationToken));
        }
    }

    private FitCanceledException Canceled(CallbackList callbacks, OperationCanceledException cause)
    {
        callbacks.BeforeState();
        return new FitCanceledException(_name, StateExchange.Taken(s => Exchange(s, callbacks)), cause);
    }

    // A pass may end within an epoch, and an epoch within a pass.
    private void Train(CallbackList callbacks)
    {
        CallContext context = CallContext.With(training: true, _generator);

        // As in Keras an epoch that began has at least one step: without any there would be no loss to report.
        ThrowIfCanceled(callbacks);
        while (_step < (_steps ?? int.MaxValue) && (_step == 0 || !_program.Model.StopTraining))
        {
            // A fit that was interrupted may go on within a group of steps.
            int first = _step - (_step % _options.StepsPerExecution);
            int last = (int)Math.Min((long)first + _options.StepsPerExecution, _steps ?? int.MaxValue);
            if (_step == first)
            {
                callbacks.BetweenSteps(_epoch, _step, () => StateExchange.Taken(s => Exchange(s, callbacks)));

                // Where nobody knows which batch is the last one, a beginning may have no end, as in Keras.
                callbacks.TrainBatchBegin(first);
            }

            int before = _step;
            bool hasEnded = false;
            while (_step < last && !hasEnded)
            {
                hasEnded = !Step(context);
                if (_step < last && !hasEnded)
                {
                    ThrowIfCanceled(callbacks);
                }
            }

            if (_step > before)
            {
                // Keras reports a group by the number its last step would have if it were full.
                callbacks.TrainBatchEnd(first + _options.StepsPerExecution - 1, () => _program.ReadLogs());
            }

            if (hasEnded)
            {
                _seenSteps = _step;
                return;
            }

            // After the last step too: who cancels is not told of a success.
            ThrowIfCanceled(callbacks);
        }

        if (_options.StepsPerEpoch is null && _step == _steps && _reader.IsUnderWay)
        {
            _reader.Finish();
        }
    }

    // False where the data of the epoch have ended.
    private bool Step(CallContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        Batch? batch = _options.StepsPerEpoch is null ? _reader.Next() : _reader.NextOfAny();
        if (batch is null)
        {
            return false;
        }

        // Within a first epoch of unknown length nobody can tell how far it is.
        double share = (_steps ?? _seenSteps) is int steps ? Math.Min(_step / (double)steps, Math.BitDecrement(1.0)) : 0;
        _program.At(_epoch + share, _options.Epochs);
        _program.TrainStep(batch.On(_program.Device), context);
        _step++;
        return true;
    }

    // Keras sorts the names of training and validation together: "weighted_accuracy" comes after "val_loss".
    private Logs Validate(CallbackList callbacks, int epoch, Logs logs)
    {
        if ((epoch + 1) % _options.ValidationFreq != 0 || _validation is not BatchSource data)
        {
            return logs;
        }

        Logs validation;
        try
        {
            validation = Evaluate(_program, data, callbacks, _options.ValidationSteps, _options.CancellationToken, "val_");
        }
        catch (OperationCanceledException e)
            when (e.CancellationToken == _options.CancellationToken && e.CancellationToken.IsCancellationRequested)
        {
            // It begins anew where the fit goes on.
            throw Canceled(callbacks, e);
        }

        return new Logs(logs.Concat(validation).OrderBy(l => l.Key, StringComparer.Ordinal));
    }

    /// <summary>Refuses a loss that is NaN or infinite.</summary>
    /// <param name="logs">The values.</param>
    /// <param name="when">When it became so, for the message.</param>
    public static void RefuseBadLoss(Logs logs, string when)
    {
        if (logs.TryGetValue("loss", out double loss) && !double.IsFinite(loss))
        {
            throw new ArithmeticException(
                Invariant(
                    $"The loss must stay a finite number, but {when} it became {loss}. The usual causes: a learning rate that is too "
                        + $"high (lower it, or give the optimizer clipnorm), or targets out of range."
                )
            );
        }
    }
}
