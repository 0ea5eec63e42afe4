namespace Distillation.Keras.State;

/// <summary>A fit was cancelled; <see cref="State"/> is where it stood.</summary>
public sealed class FitCanceledException : OperationCanceledException
{
    internal FitCanceledException(string fit, FitState state, OperationCanceledException cause)
        : base(
            Invariant(
                $"{fit} was cancelled in epoch {state.Epoch + 1} after {state.Step} of its steps. To go on from there, give Fit the "
                    + $"State of this exception."
            ),
            cause,
            cause.CancellationToken
        ) => State = state;

    /// <summary>Where the fit stood: <c>Fit(..., state: e.State)</c> goes on from there.</summary>
    public FitState State { get; }
}
