namespace Distillation.Keras.Callbacks;

/// <summary>A callback made of functions.</summary>
/// <remarks>
/// <c>on_train_batch_end</c> makes every step wait for its numbers; the others cost nothing. Source:
/// <c>keras/src/callbacks/lambda_callback.py</c>.
/// </remarks>
public sealed class LambdaCallback : Callback
{
    private readonly Action<int, Logs>? _epochBegin;
    private readonly Action<int, Logs>? _epochEnd;
    private readonly Action<Logs>? _trainBegin;
    private readonly Action<Logs>? _trainEnd;
    private readonly Action<int, Logs>? _trainBatchBegin;
    private readonly Action<int, Logs>? _trainBatchEnd;

    /// <inheritdoc cref="LambdaCallback" path="/summary"/>
    /// <param name="on_epoch_begin">Called at the beginning of an epoch with its number (from 0).</param>
    /// <param name="on_epoch_end">Called at the end of an epoch with its number (from 0) and its values.</param>
    /// <param name="on_train_begin">Called when training begins.</param>
    /// <param name="on_train_end">Called when training ends, with the last epoch's values.</param>
    /// <param name="on_train_batch_begin">Called before a batch with its number in the epoch (from 0).</param>
    /// <param name="on_train_batch_end">Called after a batch with its number and the running means of the epoch.</param>
    public LambdaCallback(
        Action<int, Logs>? on_epoch_begin = null,
        Action<int, Logs>? on_epoch_end = null,
        Action<Logs>? on_train_begin = null,
        Action<Logs>? on_train_end = null,
        Action<int, Logs>? on_train_batch_begin = null,
        Action<int, Logs>? on_train_batch_end = null
    )
    {
        _epochBegin = on_epoch_begin;
        _epochEnd = on_epoch_end;
        _trainBegin = on_train_begin;
        _trainEnd = on_train_end;
        _trainBatchBegin = on_train_batch_begin;
        _trainBatchEnd = on_train_batch_end;
    }

    /// <inheritdoc/>
    public override void OnEpochBegin(int epoch, Logs logs) => _epochBegin?.Invoke(epoch, logs);

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs) => _epochEnd?.Invoke(epoch, logs);

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs logs) => _trainBegin?.Invoke(logs);

    /// <inheritdoc/>
    public override void OnTrainEnd(Logs logs) => _trainEnd?.Invoke(logs);

    /// <inheritdoc/>
    public override void OnTrainBatchBegin(int batch, Logs logs) => _trainBatchBegin?.Invoke(batch, logs);

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(int batch, Logs logs) => _trainBatchEnd?.Invoke(batch, logs);

    internal override bool WantsTrainBatch(int batch) => _trainBatchEnd is not null;
}
