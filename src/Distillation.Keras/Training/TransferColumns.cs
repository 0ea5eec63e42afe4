using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>Which per-sample tensors the batches of a distillation carry, and where.</summary>
/// <param name="Heads">Those of each output.</param>
/// <param name="Weights">The sample weights; -1: none.</param>
/// <param name="ClassWeights">The weights by label; -1: none.</param>
/// <param name="Mask">Which tokens count; -1: all.</param>
/// <param name="Features">The first of the teacher's features; -1: they are computed in each step.</param>
internal sealed record TransferColumns(IReadOnlyList<HeadColumns> Heads, int Weights, int ClassWeights, int Mask, int Features)
{
    /// <summary>A transfer set cut into batches, with what the teacher gives beside each sample.</summary>
    /// <param name="set">The transfer set.</param>
    /// <param name="outputs">The outputs.</param>
    /// <param name="teacher">The teacher's logits for each output, or <see langword="null"/> without a teacher.</param>
    /// <param name="features">The teacher's features, or <see langword="null"/>.</param>
    /// <param name="batchSize">Samples a step.</param>
    public static TransferSource Batches(TransferSet set, IReadOnlyList<Head> outputs, Tensor[]? teacher, Tensor[]? features, int batchSize)
    {
        var y = new List<Tensor>();
        HeadColumns[] each =
        [
            .. outputs.Select((o, i) => new HeadColumns(
                Add(teacher?[i].alias()),
                Add(teacher is null || o.IsNumeric ? null : Decision(teacher[i], o.IsMultiLabel)),
                Add(set.Labels?[i].Given.alias()),
                Add(o.IsNumeric ? null : set.Labels?[i].Classes.alias()),
                Add(set.Labels?[i].Known?.alias()))),
        ];
        int weights = Add(set.Weights?.alias());
        int classWeights = Add(set.ClassWeights?.alias());
        int mask = Add(set.Mask?.alias());
        int first = features is { Length: > 0 } ? y.Count : -1;
        foreach (Tensor feature in features ?? [])
        {
            Add(feature.alias());
        }

        return new TransferSource(Array.ConvertAll(set.X, t => t.alias()), [.. y], batchSize, new TransferColumns(each, weights, classWeights, mask, first), set.First);

        int Add(Tensor? tensor)
        {
            if (tensor is null)
            {
                return -1;
            }

            y.Add(tensor);
            return y.Count - 1;
        }
    }

    /// <summary>Whether logits decide anything: those of a row (of labels: of each label) are finite numbers. What is not decided is never right.</summary>
    public static Tensor IsDecided(Tensor logits, bool isMultiLabel) => isMultiLabel ? logits.isfinite() : logits.isfinite().all(-1);

    /// <summary>What logits decide: the most probable class or, for labels, whether each is more probable than not.</summary>
    public static Tensor Decision(Tensor logits, bool isMultiLabel) => isMultiLabel ? logits.IsAbove(0) : logits.argmax(-1);
}
