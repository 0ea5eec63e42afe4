using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>Inputs, labels (if any) and weights of a distillation, one row a sample.</summary>
/// <param name="X">One tensor for each input.</param>
/// <param name="Labels">The labels, or <see langword="null"/> for an unlabelled transfer set.</param>
/// <param name="Weights">One weight a sample, or <see langword="null"/>.</param>
internal sealed record TransferSet(Tensor[] X, Labels? Labels, Tensor? Weights)
{
    /// <summary>The user's data, checked against the student.</summary>
    public static TransferSet Of(Model logits, ArrayLike x, ArrayLike? y, ArrayLike? sample_weight, IReadOnlyDictionary<int, double>? class_weight)
    {
        if (class_weight is not null && (sample_weight is not null || y is null))
        {
            throw new ArgumentException(
                y is null ? "class_weight needs labels, but y is null." : "Give class_weight or sample_weight, not both: multiply the class' weights into sample_weight.",
                nameof(class_weight));
        }

        Tensor[] inputs = DataChecks.Inputs(logits, x);
        long samples = inputs[0].shape[0];
        Labels? labels = y is null ? null : Labels.Of(y, samples, logits.Outputs[0].Shape);
        if (class_weight is not null && class_weight.Keys.Any(c => c < 0 || c >= labels!.NumClasses))
        {
            throw new ArgumentException($"class_weight has keys from 0 to {labels!.NumClasses - 1}, the classes, but holds {string.Join(", ", class_weight.Keys.Where(c => c < 0 || c >= labels.NumClasses))}.", nameof(class_weight));
        }

        Tensor? weights = class_weight is not null ? DataChecks.ClassWeights(class_weight, labels!.Classes) : DataChecks.Weights(logits, sample_weight, samples)?[0];
        if (weights is not null && weights.dim() == 2 && weights.shape[1] == 1)
        {
            weights = weights.squeeze(1);
        }

        return weights is null || weights.dim() == 1
            ? new TransferSet(inputs, labels, weights)
            : throw new ArgumentException($"A distillation takes one weight a sample, ({samples},), but sample_weight has the shape {Shape.FromSizes(weights.shape)}.", nameof(sample_weight));
    }

    /// <summary>The first samples for training, and the last ones, a share of all, for validation.</summary>
    public (TransferSet Training, TransferSet Validation) Split(double validation_split)
    {
        long all = X[0].shape[0];
        long first = SampleSet.SplitAt(all, validation_split);
        return (Narrow(0, first), Narrow(first, all - first));
    }

    /// <summary>Cut into batches with the teacher's logits beside each sample. Y holds: labels as given and classes (where there are labels), teacher logits, the teacher's classes.</summary>
    public BatchSource Batches(TeacherCache teacher, int batchSize)
    {
        Tensor logits = teacher.Logits(X);
        Tensor[] y = Labels is null ? [logits, logits.argmax(1)] : [logits, logits.argmax(1), Labels.Given.alias(), Labels.Classes.alias()];
        return new BatchSource(Array.ConvertAll(X, t => t.alias()), y, Weights is null ? null : [Weights.alias()], batchSize);
    }

    private TransferSet Narrow(long start, long count) => new(
        Array.ConvertAll(X, t => t.narrow(0, start, count)),
        Labels is null ? null : Labels with { Given = Labels.Given.narrow(0, start, count), Classes = Labels.Classes.narrow(0, start, count) },
        Weights?.narrow(0, start, count));
}
