using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>A step's share of a distillation: inputs, and by name what stands beside them.</summary>
/// <param name="x">One tensor for each input.</param>
/// <param name="signals">Labels, weights, mask and what the teacher gives.</param>
/// <param name="rows">Which samples these are.</param>
/// <param name="first">The number of the source's first sample in the data of the fit; <see langword="null"/>: these are others.</param>
internal sealed class TransferBatch(Tensor[] x, TransferSignals signals, BatchRows rows, long? first) : Batch(x, [], null, rows)
{
    /// <summary>Labels, weights, mask and what the teacher gives.</summary>
    public TransferSignals Signals => signals;

    /// <summary>
    /// Which samples of the data of the fit these are, int64 (batch,), whatever the split; <see langword="null"/> where they are others.
    /// </summary>
    public Tensor? SampleIndices =>
        first is not long start ? null
        : start == 0 ? Indices
        : Indices!.Plus(start);

    /// <summary>The same samples with other inputs, and what stands beside those.</summary>
    public TransferBatch With(Tensor[] inputs, TransferSignals others) => new(inputs, others, Rows, first);

    private protected override Batch MovedTo(Device device) =>
        new TransferBatch(Array.ConvertAll(Inputs, t => t.to(device)), signals.On(device), RowsOn(device), first);
}
