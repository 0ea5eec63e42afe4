using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>A transfer set cut into batches, each of which tells where in it the signals are.</summary>
/// <param name="x">One tensor for each input.</param>
/// <param name="signals">Per-sample tensors: labels, the teacher's logits, weights, ...</param>
/// <param name="batchSize">Samples a step.</param>
/// <param name="columns">Which of the signals is what.</param>
internal sealed class TransferSource(Tensor[] x, Tensor[] signals, int batchSize, TransferColumns columns) : ArrayBatches(x, signals, null, batchSize)
{
    /// <summary>Which of the signals is what.</summary>
    public TransferColumns Columns { get; } = columns;

    /// <summary>That of the source which a batch was cut from.</summary>
    public static TransferColumns ColumnsOf(Batch batch) => ((TransferBatch)batch).Columns;

    protected override Batch Make(Tensor[] x, Tensor[] y, Tensor?[]? weights, BatchRows rows) => new TransferBatch(x, y, rows, Columns);

    private sealed class TransferBatch(Tensor[] x, Tensor[] y, BatchRows rows, TransferColumns columns) : Batch(x, y, null, rows)
    {
        public TransferColumns Columns { get; } = columns;
    }
}
