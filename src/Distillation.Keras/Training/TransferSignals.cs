using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>What stands beside the inputs of a distillation, one row a sample: of all samples, or of those of a batch.</summary>
/// <param name="Heads">That of each output.</param>
/// <param name="Weights">The weight of each sample, (samples,), or of each token, (samples, time); <see langword="null"/>: none.</param>
/// <param name="ClassWeights">The weight of each sample or token by its label; <see langword="null"/>: none.</param>
/// <param name="Mask">Which tokens count, bool (samples, time); <see langword="null"/>: all.</param>
/// <param name="Features">The teacher's features; empty where they are computed in each step.</param>
internal sealed record TransferSignals(
    IReadOnlyList<HeadSignals> Heads,
    Tensor? Weights,
    Tensor? ClassWeights,
    Tensor? Mask,
    IReadOnlyList<Tensor> Features
)
{
    /// <summary>Whether there are labels.</summary>
    public bool HasLabels => Heads.Any(h => h.Labels is not null);

    /// <summary>Whether some samples have no label.</summary>
    public bool HasMissingLabels => Heads.Any(h => h.Known is not null);

    /// <summary>The same with what the teacher says.</summary>
    /// <param name="heads">The outputs.</param>
    /// <param name="outputs">Its logits or numbers for each of them; <see langword="null"/> where it gives features alone.</param>
    /// <param name="features">Its features.</param>
    public TransferSignals WithTeacher(IReadOnlyList<Head> heads, IReadOnlyList<Tensor>? outputs, IReadOnlyList<Tensor> features) =>
        this with
        {
            Heads = outputs is null ? Heads : [.. Heads.Select((h, i) => h.WithTeacher(heads[i], outputs[i]))],
            Features = features,
        };

    /// <summary>What a function makes of each tensor that is there: the rows of some samples, or handles of their own.</summary>
    public TransferSignals Map(Func<Tensor, Tensor> change)
    {
        var heads = new HeadSignals[Heads.Count];
        for (int i = 0; i < heads.Length; i++)
        {
            heads[i] = Heads[i].Map(change);
        }

        var features = new Tensor[Features.Count];
        for (int i = 0; i < features.Length; i++)
        {
            features[i] = change(Features[i]);
        }

        return new TransferSignals(
            heads,
            Weights is null ? null : change(Weights),
            ClassWeights is null ? null : change(ClassWeights),
            Mask is null ? null : change(Mask),
            features
        );
    }

    /// <summary>The same on a device, in the dispose scope that is open.</summary>
    public TransferSignals On(Device device) => Map(t => t.to(device));

    /// <summary>Frees the tensors.</summary>
    public void Release()
    {
        foreach (
            Tensor? tensor in Heads
                .SelectMany(h => new[] { h.Logits, h.Decision, h.Labels, h.Classes, h.Known })
                .Concat([Weights, ClassWeights, Mask])
                .Concat(Features)
        )
        {
            tensor?.Dispose();
        }
    }
}
