using Distillation.Keras.State;

namespace Distillation.Keras.Training;

/// <content>The state of a fit, taken down and put back.</content>
internal sealed partial class TrainingLoop
{
    // What a distillation has drawn before the fit began was drawn from its seed, and is no part of the state.
    private FitState? Kept(CallbackList callbacks)
    {
        FitState? state = callbacks.Resumed();
        return state?.Seed is int seed && seed != _options.Seed
            ? throw StateExchange.OfAnotherFit(
                Invariant($"it was drawn from the seed {seed}, and here it is {_options.Seed}: give the fit that seed")
            )
            : state;
    }

    private void TakeUp(FitState state, CallbackList callbacks)
    {
        _program.Reset();
        FitState now = StateExchange.Taken(s => Exchange(s, callbacks));
        try
        {
            StateExchange.PutBack(state, s => Exchange(s, callbacks));
            if (_epoch >= _options.Epochs)
            {
                throw StateExchange.OfAnotherFit(
                    Invariant($"it is in epoch {_epoch + 1}, and here epochs, the number of the last epoch, is {_options.Epochs}")
                );
            }
        }
        catch
        {
            StateExchange.PutBack(now, s => Exchange(s, callbacks));
            throw;
        }
    }

    private void Exchange(StateExchange state, CallbackList callbacks)
    {
        StateExchange loop = state.In("loop");
        _epoch = (int)loop.Count("epoch", _epoch);
        _step = (int)loop.Count("step", _step);
        Same(loop, "steps_an_epoch", _steps ?? -1, "steps an epoch");
        Same(loop, "steps_per_execution", _options.StepsPerExecution, "steps_per_execution");
        Same(loop, "shuffle", _options.Shuffle ? 1 : 0, "shuffle");
        _seenSteps = loop.Integer("seen_steps", _seenSteps ?? -1) switch
        {
            -1 => null,
            >= 0 and <= int.MaxValue and long seen => (int)seen,
            long other => throw StateExchange.OfAnotherFit(Invariant($"its epochs have {other} steps")),
        };
        if (_step > (_steps ?? int.MaxValue))
        {
            throw StateExchange.OfAnotherFit(Invariant($"it has done {_step} steps of an epoch, and here an epoch has {_steps}"));
        }

        _program.Model.StopTraining = loop.Flag("stop_training", _program.Model.StopTraining);
        _trained = loop.Flag("is_trained", _trained is not null) ? loop.Logs("trained", _trained ?? new Logs()) : null;

        // What the distiller has made before the fit began was drawn from it.
        _ = loop.Integer("seed", _options.Seed ?? long.MinValue);
        loop.Random("random", _generator.Value);
        _reader.Exchange(state.In("data"));
        _program.Exchange(state);
        callbacks.Exchange(state.In("callbacks"));
    }

    private static void Same(StateExchange state, string name, long value, string what)
    {
        long saved = state.Integer(name, value);
        if (saved != value)
        {
            throw StateExchange.OfAnotherFit(Invariant($"its {what} is {saved}, and here it is {value}"));
        }
    }
}
