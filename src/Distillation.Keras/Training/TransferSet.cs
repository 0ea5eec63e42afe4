using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>Inputs, labels (if any), weights and mask of a distillation, one row a sample.</summary>
/// <param name="X">One tensor for each input.</param>
/// <param name="Labels">The labels of each output, or <see langword="null"/> for an unlabelled transfer set.</param>
/// <param name="Weights">The weight of each sample, (samples,), or of each token, (samples, time); or <see langword="null"/>.</param>
/// <param name="ClassWeights">The weight of each sample or token by its label, or <see langword="null"/>.</param>
/// <param name="Mask">Which tokens count, bool (samples, time), or <see langword="null"/>: all.</param>
internal sealed record TransferSet(Tensor[] X, Labels[]? Labels, Tensor? Weights, Tensor? ClassWeights, Tensor? Mask)
{
    /// <summary>How many samples there are.</summary>
    public long Samples => X[0].shape[0];

    /// <summary>The user's data, checked against the student.</summary>
    /// <param name="student">The student, by whose output names labels are found.</param>
    /// <param name="logits">The student without its softmax; its first outputs are those of the heads.</param>
    /// <param name="heads">The outputs.</param>
    /// <param name="x">Inputs.</param>
    /// <param name="y">Labels.</param>
    /// <param name="sample_weight">Weights.</param>
    /// <param name="class_weight">Weights of classes.</param>
    /// <param name="mask">Which tokens count.</param>
    public static TransferSet Of(
        Model student, Model logits, IReadOnlyList<Head> heads, ArrayLike x, ArrayLike? y, ArrayLike? sample_weight, IReadOnlyDictionary<int, double>? class_weight, ArrayLike? mask)
    {
        if (class_weight is not null && (sample_weight is not null || y is null))
        {
            throw new ArgumentException(
                y is null ? "class_weight needs labels, but y is null." : "Give class_weight or sample_weight, not both: multiply the class' weights into sample_weight.",
                nameof(class_weight));
        }

        Tensor[] inputs = DataChecks.Inputs(logits, x);
        long samples = inputs[0].shape[0];
        Labels[]? labels = y is null ? null : LabelsOf(student, logits, heads, y, samples);
        Tensor? classWeights = class_weight is null ? null : ByClass(class_weight, labels!, heads);
        Tensor? weights = sample_weight is null ? null : WeightsOf(heads, Single(sample_weight, nameof(sample_weight)), samples);
        return new TransferSet(inputs, labels, weights, classWeights, mask is null ? null : MaskOf(logits, heads, Single(mask, nameof(mask)), samples));
    }

    /// <summary>The first samples for training, and the last ones, a share of all, for validation.</summary>
    public (TransferSet Training, TransferSet Validation) Split(double validation_split)
    {
        long first = SampleSet.SplitAt(Samples, validation_split);

        // As in Keras, the classes of the training part alone are weighed.
        return (Narrow(0, first), Narrow(first, Samples - first) with { ClassWeights = null });
    }

    private static Labels[] LabelsOf(Model student, Model logits, IReadOnlyList<Head> heads, ArrayLike y, long samples)
    {
        Tensor[] given = heads.Count == 1 ? [Keras.Training.Labels.Single(y)] : DataChecks.Targets(student, y, samples);
        return [.. heads.Select((h, i) => Keras.Training.Labels.Of(given[i], samples, logits.Outputs[i].Shape, h))];
    }

    private static Tensor ByClass(IReadOnlyDictionary<int, double> class_weight, Labels[] labels, IReadOnlyList<Head> heads)
    {
        if (heads.Count != 1 || heads[0].IsMultiLabel)
        {
            throw new ArgumentException(
                $"class_weight is for one output of classes, but the student has {(heads.Count == 1 ? "an output of labels" : $"{heads.Count} outputs")}. Give sample_weight.", nameof(class_weight));
        }

        int classes = heads[0].Classes;
        if (class_weight.Keys.Any(c => c < 0 || c >= classes))
        {
            throw new ArgumentException($"class_weight has keys from 0 to {classes - 1}, the classes, but holds {string.Join(", ", class_weight.Keys.Where(c => c < 0 || c >= classes))}.", nameof(class_weight));
        }

        Tensor index = labels[0].Classes;
        return DataChecks.ClassWeights(class_weight, index.flatten()).reshape(index.shape);
    }

    private static Tensor Single(ArrayLike given, string what) => given.Count == 1
        ? given.ToTensors()[0]
        : throw new ArgumentException($"A distillation takes one array as {what}, but {given.Count} were given.", what);

    private static Tensor WeightsOf(IReadOnlyList<Head> heads, Tensor weights, long samples)
    {
        Tensor w = DataChecks.SampleWeight(weights, samples);
        bool sequence = heads.Any(h => h.IsSequence);
        if (w.dim() == 2 && w.shape[1] == 1)
        {
            w = w.squeeze(1);
        }

        return w.dim() == 1 || (sequence && w.dim() == 2)
            ? w
            : throw new ArgumentException($"A distillation takes one weight a sample, ({samples},){(sequence ? $" or a token, ({samples}, time)" : string.Empty)}, but sample_weight has the shape {Shape.FromSizes(weights.shape)}.", nameof(weights));
    }

    private static Tensor MaskOf(Model logits, IReadOnlyList<Head> heads, Tensor mask, long samples)
    {
        int sequence = heads.ToList().FindIndex(h => h.IsSequence);
        if (sequence < 0)
        {
            throw new ArgumentException("A mask says which tokens of a sequence count, but no output has the shape (batch, time, classes). Leave mask out; sample_weight weighs samples.", nameof(mask));
        }

        int? time = logits.Outputs[sequence].Shape[1];
        Shape shape = Shape.FromSizes(mask.shape);
        if (mask.dim() != 2 || mask.shape[0] != samples || (time is int t && mask.shape[1] != t))
        {
            throw new ArgumentException($"A mask has one value a token, ({samples}, {time?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "time"}), but its shape is {shape}.", nameof(mask));
        }

        Tensor flags = mask.to(ScalarType.Bool);
        return flags.any().item<bool>()
            ? flags
            : throw new ArgumentException("A mask is true (or not 0) for the tokens that count, but it is false for all of them.", nameof(mask));
    }

    private TransferSet Narrow(long start, long count) => new(
        Array.ConvertAll(X, t => t.narrow(0, start, count)),
        Labels is null ? null : Array.ConvertAll(Labels, l => l.Narrow(start, count)),
        Weights?.narrow(0, start, count),
        ClassWeights?.narrow(0, start, count),
        Mask?.narrow(0, start, count));
}
