using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>A transfer set cut into batches, with what the teacher gives beside each sample.</summary>
internal sealed class TransferBatches : ArrayBatches
{
    private readonly long? _first;

    /// <summary>Cuts a transfer set.</summary>
    /// <param name="set">The transfer set.</param>
    /// <param name="outputs">The outputs.</param>
    /// <param name="teacher">The teacher's logits for each output, or <see langword="null"/> where it gives none.</param>
    /// <param name="features">The teacher's features, those that are kept.</param>
    /// <param name="batchSize">Samples a step.</param>
    public TransferBatches(TransferSet set, IReadOnlyList<Head> outputs, Tensor[]? teacher, IReadOnlyList<Tensor> features, int batchSize)
        : base(Array.ConvertAll(set.X, t => t.alias()), [], null, batchSize)
    {
        _first = set.First;
        Signals = new TransferSignals([.. outputs.Select((o, i) => HeadSignals.Of(o, teacher?[i], set.Labels?[i]))], set.Weights, set.ClassWeights, set.Mask, features).Kept();
    }

    /// <summary>What stands beside all samples.</summary>
    public TransferSignals Signals { get; }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Signals.Release();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override Batch Make(Tensor[] x, Tensor[] y, Tensor?[]? weights, BatchRows rows) => new TransferBatch(x, Signals.Of(rows), rows, _first);
}
