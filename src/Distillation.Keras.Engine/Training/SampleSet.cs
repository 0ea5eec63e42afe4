using Distillation.Keras.Backend;
using Distillation.Keras.Losses;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>Inputs, targets and weights that fit a model, one row a sample, in the dispose scope that was open.</summary>
internal sealed record SampleSet(Tensor[] X, Tensor[] Y, Tensor?[]? Weights)
{
    // Keras weighs the classes of the training part alone.
    private bool AreClassWeights { get; init; }

    /// <summary>The user's data, checked.</summary>
    public static SampleSet Of(
        Model model,
        ArrayLike x,
        ArrayLike? y,
        ArrayLike? sample_weight,
        IReadOnlyDictionary<int, double>? class_weight
    )
    {
        if (class_weight is not null && sample_weight is not null)
        {
            throw new ArgumentException(
                "Give class_weight or sample_weight, not both: multiply the class' weights into sample_weight.",
                nameof(class_weight)
            );
        }

        if (model.HasGraph && model.Outputs.FirstOrDefault(o => o.DType == StringTensors.Name) is KerasTensor text)
        {
            throw new InvalidOperationException(
                $"'{model.Name}' is not trained or evaluated: its output '{text.Name}' gives strings. PredictStrings gives them."
            );
        }

        Tensor[] inputs = DataChecks.Inputs(model, x);
        long samples = inputs[0].shape[0];
        Tensor[] targets =
            y is null && model is { HasOwnStep: true, Compilation: { Loss: null, Metrics: null, WeightedMetrics: null } }
                ? []
                : DataChecks.Targets(model, y, samples);
        if (class_weight is null)
        {
            return new SampleSet(inputs, targets, DataChecks.Weights(model, sample_weight, samples));
        }

        return targets.Length == 1
            ? new SampleSet(inputs, targets, [ByClass(model, class_weight, targets[0])]) { AreClassWeights = true }
            : throw new ArgumentException(
                $"class_weight is for models with one output, but '{model.Name}' has {targets.Length}. Give sample_weight.",
                nameof(class_weight)
            );
    }

    /// <summary>The first samples for training, and the last ones, a share of all, for validation.</summary>
    public (SampleSet Training, SampleSet Validation) Split(double validation_split)
    {
        long all = X[0].shape[0];
        long first = SplitAt(all, validation_split);
        SampleSet validation = Narrow(first, all - first);
        return (Narrow(0, first), AreClassWeights ? validation with { Weights = null } : validation);
    }

    /// <summary>How many of the samples stay for training.</summary>
    public static long SplitAt(long all, double validation_split)
    {
        long first = validation_split is > 0 and < 1 ? (long)Math.Floor(all * (1 - validation_split)) : 0;
        return first > 0 && first < all
            ? first
            : throw new ArgumentException(
                Invariant(
                    $"validation_split is from 0 to below 1 and leaves at least one sample on both sides, but {validation_split} of "
                        + $"{all} samples was asked for."
                ),
                nameof(validation_split)
            );
    }

    /// <summary>Cut into batches. The source takes handles of its own.</summary>
    public ArrayBatches Batches(int batchSize) => new(Aliases(X)!, Aliases(Y)!, Weights is null ? null : Aliases(Weights), batchSize);

    private static Tensor ByClass(Model model, IReadOnlyDictionary<int, double> class_weight, Tensor target)
    {
        Shape output = model.Signature.Outputs[0].Shape;
        Shape shape = Shape.FromSizes(target.shape);
        Loss? loss = model.Compilation is { Loss: not null } compilation ? compilation.Losses(model, [shape])[0] : null;
        return loss?.LabelColumns(shape, output) is null
            ? DataChecks.ClassWeights(class_weight, target, output[-1] is int width and > 1 ? width : null)
            : DataChecks.ClassWeights(class_weight, loss.LabelsOf(target, output));
    }

    private SampleSet Narrow(long start, long count) =>
        new(
            Array.ConvertAll(X, t => t.narrow(0, start, count)),
            Array.ConvertAll(Y, t => t.narrow(0, start, count)),
            Weights is null ? null : Array.ConvertAll(Weights, t => t?.narrow(0, start, count))
        );

    private static Tensor[] Aliases(Tensor?[] tensors) => Array.ConvertAll(tensors, t => t?.alias()!);
}
