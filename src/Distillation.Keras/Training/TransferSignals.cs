using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>What stands beside the inputs of a distillation, one row a sample: of all samples, or of those of a batch.</summary>
/// <param name="Heads">That of each output.</param>
/// <param name="Weights">The sample weights; <see langword="null"/>: none.</param>
/// <param name="ClassWeights">The weights by label; <see langword="null"/>: none.</param>
/// <param name="Mask">Which tokens count; <see langword="null"/>: all.</param>
/// <param name="Features">The teacher's features; empty where they are computed in each step.</param>
internal sealed record TransferSignals(IReadOnlyList<HeadSignals> Heads, Tensor? Weights, Tensor? ClassWeights, Tensor? Mask, IReadOnlyList<Tensor> Features)
{
    /// <summary>Those of some samples.</summary>
    public TransferSignals Of(BatchRows rows) => Each(rows.Of);

    /// <summary>The same on a device, in the dispose scope that is open.</summary>
    public TransferSignals On(Device device) => Each(t => t.to(device));

    /// <summary>The same on handles of their own, in no dispose scope.</summary>
    public TransferSignals Kept() => Each(t => t.alias().DetachFromDisposeScope());

    /// <summary>Frees the handles.</summary>
    public void Release()
    {
        foreach (Tensor? tensor in Heads.SelectMany(h => new[] { h.Logits, h.Decision, h.Labels, h.Classes, h.Known }).Concat([Weights, ClassWeights, Mask]).Concat(Features))
        {
            tensor?.Dispose();
        }
    }

    private TransferSignals Each(Func<Tensor, Tensor> change)
    {
        var heads = new HeadSignals[Heads.Count];
        for (int i = 0; i < heads.Length; i++)
        {
            heads[i] = Heads[i].Each(change);
        }

        var features = new Tensor[Features.Count];
        for (int i = 0; i < features.Length; i++)
        {
            features[i] = change(Features[i]);
        }

        return new TransferSignals(heads, Any(Weights), Any(ClassWeights), Any(Mask), features);

        Tensor? Any(Tensor? tensor) => tensor is null ? null : change(tensor);
    }
}
