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
    public TransferSignals Of(BatchRows rows)
    {
        var heads = new HeadSignals[Heads.Count];
        for (int i = 0; i < heads.Length; i++)
        {
            heads[i] = Heads[i].Of(rows);
        }

        var features = new Tensor[Features.Count];
        for (int i = 0; i < features.Length; i++)
        {
            features[i] = rows.Of(Features[i]);
        }

        return new TransferSignals(heads, rows.OfAny(Weights), rows.OfAny(ClassWeights), rows.OfAny(Mask), features);
    }

    /// <summary>The same on handles of their own, in no dispose scope.</summary>
    public TransferSignals Kept() => new(
        [.. Heads.Select(h => new HeadSignals(Kept(h.Logits), Kept(h.Decision), Kept(h.Labels), Kept(h.Classes), Kept(h.Known)))],
        Kept(Weights),
        Kept(ClassWeights),
        Kept(Mask),
        [.. Features.Select(f => Kept(f)!)]);

    /// <summary>Frees the handles.</summary>
    public void Release()
    {
        foreach (Tensor? tensor in Heads.SelectMany(h => new[] { h.Logits, h.Decision, h.Labels, h.Classes, h.Known }).Concat([Weights, ClassWeights, Mask]).Concat(Features))
        {
            tensor?.Dispose();
        }
    }

    private static Tensor? Kept(Tensor? tensor) => tensor?.alias().DetachFromDisposeScope();
}
