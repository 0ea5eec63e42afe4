using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>A transfer set cut into batches, each of which tells where in it the signals are.</summary>
/// <param name="x">One tensor for each input.</param>
/// <param name="signals">Per-sample tensors: labels, the teacher's logits, weights, ...</param>
/// <param name="batchSize">Samples a step.</param>
/// <param name="columns">Which of the signals is what.</param>
/// <param name="first">The number of the first sample in the data of the fit; <see langword="null"/>: these are others.</param>
internal sealed class TransferSource(Tensor[] x, Tensor[] signals, int batchSize, TransferColumns columns, long? first) : BatchSource(x, signals, null, batchSize)
{
    /// <summary>Which of the signals is what.</summary>
    public TransferColumns Columns { get; } = columns;

    private long? First { get; } = first;

    /// <summary>Which samples of the data of the fit a batch holds, int64; <see langword="null"/> where it holds others.</summary>
    public static Tensor? IndicesOf(Batch batch)
    {
        if (((TransferSource)batch.Source).First is not long first)
        {
            return null;
        }

        return batch.Samples is not Tensor shuffled ? Arithmetic.Range(first + batch.Start, first + batch.Start + batch.Size)
            : first == 0 ? shuffled
            : shuffled.Plus(first);
    }

    /// <summary>That of the source which a batch was cut from.</summary>
    public static TransferColumns ColumnsOf(Batch batch) => ((TransferSource)batch.Source).Columns;
}
