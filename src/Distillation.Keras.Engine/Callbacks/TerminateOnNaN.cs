namespace Distillation.Keras.Callbacks;

/// <summary>Ends training at the first batch whose loss is NaN or infinite.</summary>
/// <remarks>
/// Every step waits for its loss, so training is slower. Without this callback <c>Fit</c> throws at the end of such an epoch; with it the
/// fit ends without an exception, unless <see cref="RaiseError"/>. Source: <c>keras/src/callbacks/terminate_on_nan.py</c>.
/// </remarks>
public sealed class TerminateOnNaN : Callback
{
    /// <inheritdoc cref="TerminateOnNaN" path="/summary"/>
    /// <param name="raise_error">Whether to throw an <see cref="ArithmeticException"/> instead of ending the fit.</param>
    public TerminateOnNaN(bool raise_error = false) => RaiseError = raise_error;

    /// <summary>Whether it throws.</summary>
    public bool RaiseError { get; }

    internal override bool HandlesBadLoss => !RaiseError;

    /// <inheritdoc/>
    /// <exception cref="ArithmeticException">The loss is not finite and <see cref="RaiseError"/> is set.</exception>
    public override void OnTrainBatchEnd(int batch, Logs logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        if (!logs.TryGetValue("loss", out double loss) || double.IsFinite(loss))
        {
            return;
        }

        if (RaiseError)
        {
            throw new ArithmeticException(
                Invariant(
                    $"The loss must stay a finite number, but at batch {batch} (from 0) of the epoch it became {PythonNumber.Repr(loss)}."
                )
            );
        }

        Console.Out.WriteLine(Invariant($"Batch {batch}: Invalid loss, terminating training"));
        Model.StopTraining = true;
    }
}
