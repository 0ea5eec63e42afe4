using Distillation.Keras.Backend;
using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>The one loop over epochs and steps, for <c>Fit</c> and for distillation.</summary>
internal sealed class TrainingLoop
{
    private readonly TrainingProgram _program;
    private readonly FitOptions _options;
    private readonly BatchSource _data;
    private readonly BatchSource? _validation;
    private readonly string _name;
    private readonly Lazy<Generator> _generator;

    private TrainingLoop(string name, TrainingProgram program, BatchSource data, BatchSource? validation, FitOptions options)
    {
        _name = name;
        _program = program;
        _options = options;
        _data = data;
        _validation = validation;
        _generator = new Lazy<Generator>(() => RandomState.NewGenerator(options.Seed ?? RandomState.NextSeed()));
    }

    /// <summary>Trains.</summary>
    /// <param name="name">The fit's name in messages.</param>
    /// <param name="program">What a step computes.</param>
    /// <param name="data">The training data.</param>
    /// <param name="validation">The validation data, or <see langword="null"/>.</param>
    /// <param name="options">How long and how.</param>
    /// <param name="begun">Is called when the callbacks have taken up the fit, so that nobody refuses it any more.</param>
    /// <returns>What each epoch gave.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled; the step under way was finished.</exception>
    /// <exception cref="ArithmeticException">The loss is not a finite number.</exception>
    public static History Run(string name, TrainingProgram program, BatchSource data, BatchSource? validation, FitOptions options, Action begun)
    {
        using var call = new RunningCall(name);
        var loop = new TrainingLoop(name, program, data, validation, options);
        using var recording = new GradientRecording(program);
        try
        {
            return loop.Run(begun);
        }
        catch (Exception e) when (NativeFailure.Is(e))
        {
            throw NativeFailure.Of(e, "A step or a callback", "Look at the code of one's own that takes part in it.", areArguments: false);
        }
        finally
        {
            if (loop._generator.IsValueCreated)
            {
                loop._generator.Value.Dispose();
            }
        }
    }

    /// <summary>One pass without training.</summary>
    public static Logs Evaluate(TrainingProgram program, BatchSource data, CallbackList callbacks, int? steps, CancellationToken cancellationToken, string prefix = "")
    {
        // A validation belongs to its fit.
        using var call = new RunningCall(prefix.Length > 0 && RunningCall.Name is string fit ? fit : $"Evaluate of '{program.Model.Name}'");
        program.Reset();
        callbacks.TestBegin();
        int count = Math.Min(steps ?? data.Steps, data.Steps);
        using var context = new CallContext(training: false);
        for (int step = 0; step < count; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            callbacks.TestBatchBegin(step);

            // Not the callbacks: one may train another model.
            using (no_grad())
            using (NewDisposeScope())
            {
                program.TestStep(data.Get(step), context);
            }

            callbacks.TestBatchEnd(step, () => program.ReadLogs());
        }

        Logs logs = program.ReadLogs();
        callbacks.TestEnd(logs);
        return prefix.Length == 0 ? logs : new Logs(logs.Select(l => KeyValuePair.Create(prefix + l.Key, l.Value)));
    }

    private History Run(Action begun)
    {
        var history = new History();
        int stepsPerEpoch = _options.StepsPerEpoch ?? _data.Steps;
        var parameters = new FitParameters(_options.Epochs, stepsPerEpoch, _options.Verbose, _options.ValidationFreq) { HasValidation = _validation is not null };
        List<Callback> all = [.. _options.Callbacks];
        if (_options.Verbose != 0)
        {
            all.Add(new ProgressBar());
        }

        all.Add(history);
        using var callbacks = new CallbackList(_name, all, _program, parameters);
        try
        {
            Run(callbacks, stepsPerEpoch, begun);
        }
        catch
        {
            callbacks.Interrupted();
            throw;
        }

        return history;
    }

    private void Run(CallbackList callbacks, int stepsPerEpoch, Action begun)
    {
        _program.Optimizer.Build(_program.Variables);
        _program.Model.StopTraining = false;
        var logs = new Logs();
        int next = 0;
        callbacks.TrainBegin();
        begun();
        for (int epoch = _options.InitialEpoch; epoch < _options.Epochs && !_program.Model.StopTraining; epoch++)
        {
            _program.Reset();
            callbacks.EpochBegin(epoch);
            Train(callbacks, epoch, stepsPerEpoch, ref next);
            logs = _program.ReadLogs();
            if (!callbacks.HandleBadLoss)
            {
                RefuseBadLoss(logs, Invariant($"in epoch {epoch + 1}"));
            }

            // The validation belongs to the epoch's end, not to the next one.
            _program.At(Math.BitDecrement(epoch + 1.0), _options.Epochs);
            logs = Validate(callbacks, epoch, logs);
            callbacks.EpochEnd(epoch, logs);
        }

        if (_options.Epochs > _options.InitialEpoch)
        {
            using IDisposable noGrad = no_grad();
            _program.Optimizer.FinalizeVariableValues(_program.Variables);
        }

        callbacks.TrainEnd(logs);
    }

    // A pass may end within an epoch, and an epoch within a pass: with steps_per_epoch the next epoch goes on where this one stopped.
    private void Train(CallbackList callbacks, int epoch, int steps, ref int next)
    {
        CallContext context = CallContext.With(training: true, _generator);
        bool isPass = _options.StepsPerEpoch is null;
        if (isPass)
        {
            next = 0;
        }

        // As in Keras an epoch that began has at least one step: without any there would be no loss to report.
        for (int step = 0; step < steps && (step == 0 || !_program.Model.StopTraining);)
        {
            int group = Math.Min(_options.StepsPerExecution, steps - step);
            callbacks.TrainBatchBegin(step);
            for (int i = 0; i < group; i++)
            {
                _options.CancellationToken.ThrowIfCancellationRequested();
                if (next % _data.Steps == 0)
                {
                    next = 0;
                    if (_options.Shuffle)
                    {
                        _data.Shuffle(_generator.Value);
                    }
                }

                _program.At(epoch + ((step + i) / (double)steps), _options.Epochs);
                using (NewDisposeScope())
                {
                    _program.TrainStep(_data.Get(next), context);
                }

                next++;
            }

            // Keras reports a group by the number its last step would have if it were full.
            callbacks.TrainBatchEnd(step + _options.StepsPerExecution - 1, () => _program.ReadLogs());

            // After the last step too: who cancels is not told of a success.
            _options.CancellationToken.ThrowIfCancellationRequested();
            step += group;
        }
    }

    // Keras sorts the names of training and validation together: "weighted_accuracy" comes after "val_loss".
    private Logs Validate(CallbackList callbacks, int epoch, Logs logs)
    {
        if ((epoch + 1) % _options.ValidationFreq != 0 || _validation is not BatchSource data)
        {
            return logs;
        }

        Logs validation = Evaluate(_program, data, callbacks, _options.ValidationSteps, _options.CancellationToken, "val_");
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
                Invariant($"The loss must stay a finite number, but {when} it became {loss}. The usual causes: a learning rate that is too high (lower it, or give the optimizer clipnorm), or targets out of range."));
        }
    }
}
