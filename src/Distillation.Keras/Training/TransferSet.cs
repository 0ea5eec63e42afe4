using System.Globalization;
using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>The data of a distillation: inputs, and what stands beside each sample.</summary>
/// <param name="X">One tensor for each input.</param>
/// <param name="Signals">Labels (if any), weights and mask; nothing of the teacher yet.</param>
internal sealed record TransferSet(Tensor[] X, TransferSignals Signals)
{
    /// <summary>The number of the first sample in the data of the fit; <see langword="null"/> where these are others.</summary>
    public long? First { get; init; } = 0;

    /// <summary>How many samples there are.</summary>
    public long Samples => X[0].shape[0];

    /// <summary>The user's arrays, checked against the student.</summary>
    /// <param name="models">Teacher and student, by whose outputs labels are found.</param>
    /// <param name="x">Inputs.</param>
    /// <param name="y">Labels.</param>
    /// <param name="sample_weight">Weights.</param>
    /// <param name="class_weight">Weights of classes.</param>
    /// <param name="mask">Which tokens count.</param>
    public static TransferSet Of(
        FitModels models,
        ArrayLike x,
        ArrayLike? y,
        ArrayLike? sample_weight,
        IReadOnlyDictionary<int, double>? class_weight,
        ArrayLike? mask
    )
    {
        if (class_weight is not null && (sample_weight is not null || y is null))
        {
            throw new ArgumentException(
                y is null
                    ? "class_weight needs labels, but y is null."
                    : "Give class_weight or sample_weight, not both: multiply the class' weights into sample_weight.",
                nameof(class_weight)
            );
        }

        Tensor[] inputs = DataChecks.Inputs(models.StudentLogits, x);
        long samples = inputs[0].shape[0];
        Tensor[]? labels =
            y is null ? null
            : models.Heads.Count == 1 ? [Labels.Single(y)]
            : DataChecks.Targets([.. models.Heads.Select(h => h.Name)], models.Result.Name, y, samples);
        return new TransferSet(
            inputs,
            SignalsOf(
                models,
                samples,
                labels,
                sample_weight is null ? null : Single(sample_weight, nameof(sample_weight)),
                class_weight,
                mask is null ? null : Single(mask, nameof(mask))
            )
        );
    }

    /// <summary>What stands beside inputs, checked: of all samples, or of those of a batch.</summary>
    /// <param name="models">Teacher and student.</param>
    /// <param name="samples">How many samples there are.</param>
    /// <param name="y">The labels of each output.</param>
    /// <param name="sample_weight">Weights.</param>
    /// <param name="class_weight">Weights of classes.</param>
    /// <param name="mask">Which tokens count.</param>
    public static TransferSignals SignalsOf(
        FitModels models,
        long samples,
        Tensor[]? y,
        Tensor? sample_weight,
        IReadOnlyDictionary<int, double>? class_weight,
        Tensor? mask
    )
    {
        IReadOnlyList<Head> heads = models.Heads;
        Labels[]? labels = y is null
            ? null
            : [.. heads.Select((h, i) => Labels.Of(y[i], samples, models.StudentLogits.Outputs[i].Shape, h))];
        Tensor? classWeights = class_weight is null ? null : ByClass(class_weight, labels!, heads);
        Tensor? weights = sample_weight is null
            ? null
            : WeightsOf(TimesOf(models.StudentLogits, heads, labels), heads, sample_weight, samples);
        Tensor? flags = mask is null ? null : MaskOf(TimesOf(models.StudentLogits, heads, labels), mask, samples);
        return new TransferSignals([.. heads.Select((h, i) => HeadSignals.Of(h, labels?[i]))], weights, classWeights, flags, []);
    }

    /// <summary>The first samples for training, and the last ones, a share of all, for validation.</summary>
    public (TransferSet Training, TransferSet Validation) Split(double validation_split)
    {
        long first = SampleSet.SplitAt(Samples, validation_split);

        // As in Keras, the classes of the training part alone are weighed.
        return (Narrow(0, first), Narrow(first, Samples - first, hasClassWeights: false));
    }

    private static Tensor ByClass(IReadOnlyDictionary<int, double> class_weight, Labels[] labels, IReadOnlyList<Head> heads)
    {
        if (heads.Count != 1 || heads[0].IsNumeric || heads[0] is { IsMultiLabel: true, Classes: > 1 })
        {
            string found =
                heads.Count > 1 ? $"{heads.Count} outputs"
                : heads[0].IsNumeric ? "an output of numbers"
                : Invariant($"an output of {heads[0].Classes} labels");
            throw new ArgumentException(
                $"class_weight is for one output of classes (a softmax, or one sigmoid), but the student has {found}. Give sample_weight.",
                nameof(class_weight)
            );
        }

        int classes = heads[0].IsMultiLabel ? 2 : heads[0].Classes;
        if (class_weight.Keys.Any(c => c < 0 || c >= classes))
        {
            throw new ArgumentException(
                Invariant(
                    $"class_weight has keys from 0 to {classes - 1}, the classes, but holds "
                        + $"{string.Join(", ", class_weight.Keys.Where(c => c < 0 || c >= classes))}."
                ),
                nameof(class_weight)
            );
        }

        if (heads[0].IsMultiLabel)
        {
            // One sigmoid is a classifier of two: the label is the class.
            Tensor one = labels[0].Given.squeeze(-1);
            return one.Is(0).logical_or(one.Is(1)).all().item<bool>()
                ? DataChecks.ClassWeights(class_weight, one.flatten()).reshape(one.shape)
                : throw new ArgumentException(
                    "class_weight goes by the class of each sample, 0 or 1, but y holds probabilities. Give sample_weight.",
                    nameof(class_weight)
                );
        }

        // Samples without a label weigh 1, whatever class stands in the label's place.
        Tensor index = labels[0].Known is Tensor known
            ? where(known.IsAbove(0), labels[0].Classes, labels[0].Classes.FilledLike(Labels.Missing))
            : labels[0].Classes;
        return DataChecks.ClassWeights(class_weight, index.flatten(), classes).reshape(index.shape);
    }

    private static Tensor Single(ArrayLike given, string what) =>
        given.Count == 1
            ? given.ToTensors(what)[0]
            : throw new ArgumentException($"A distillation takes one array as {what}, but {given.Count} were given.", what);

    private static Tensor WeightsOf(long?[] times, IReadOnlyList<Head> heads, Tensor sample_weight, long samples)
    {
        Tensor w = DataChecks.SampleWeight(sample_weight, samples);
        if (w.dim() == 2 && w.shape[1] == 1)
        {
            w = w.squeeze(1);
        }

        // A weight for each token fits only where all outputs are sequences.
        bool sequences = heads.All(h => h.IsSequence);
        return w.dim() == 1 || (sequences && FitsTokens(w, times))
            ? w
            : throw new ArgumentException(
                Invariant(
                    $"A distillation takes one weight a sample, "
                        + $"({samples},){(sequences ? Invariant($" or a token, ({samples}, {Named(times)})") : string.Empty)}, but "
                        + $"sample_weight has the shape {Shape.FromSizes(sample_weight.shape)}."
                ),
                nameof(sample_weight)
            );
    }

    // How many tokens each sequence has, where that is known: by the model or by the labels.
    private static long?[] TimesOf(Model logits, IReadOnlyList<Head> heads, Labels[]? labels) =>
        [
            .. heads
                .Select(
                    (h, i) =>
                        (Head: h, Time: logits.Outputs[i].Shape.Rank == 3 ? logits.Outputs[i].Shape[1] ?? labels?[i].Given.shape[1] : null)
                )
                .Where(h => h.Head.IsSequence)
                .Select(h => h.Time),
        ];

    // Whether there is one value for each token of each sequence.
    private static bool FitsTokens(Tensor values, long?[] times) =>
        values.dim() == 2 && Array.TrueForAll(times, t => t is null || t == values.shape[1]);

    private static string Named(long?[] times) =>
        string.Join(" and ", times.Select(t => t?.ToString(CultureInfo.InvariantCulture) ?? "time").Distinct());

    private static Tensor MaskOf(long?[] times, Tensor mask, long samples)
    {
        if (times.Length == 0)
        {
            throw new ArgumentException(
                "A mask says which tokens of a sequence count, but no output has the shape (batch, time, classes). Leave mask out; "
                    + "sample_weight weighs samples.",
                nameof(mask)
            );
        }

        if (mask.dim() != 2 || mask.shape[0] != samples || !FitsTokens(mask, times))
        {
            throw new ArgumentException(
                Invariant($"A mask has one value a token, ({samples}, {Named(times)}), but its shape is {Shape.FromSizes(mask.shape)}."),
                nameof(mask)
            );
        }

        ValueChecks.Finite(mask, nameof(mask));
        Tensor flags = mask.to(ScalarType.Bool);
        return flags.any().item<bool>()
            ? flags
            : throw new ArgumentException(
                "A mask is true (or not 0) for the tokens that count, but it is false for all of them.",
                nameof(mask)
            );
    }

    private TransferSet Narrow(long start, long count, bool hasClassWeights = true) =>
        new(
            Array.ConvertAll(X, t => t.narrow(0, start, count)),
            (hasClassWeights ? Signals : Signals with { ClassWeights = null }).Map(t => t.narrow(0, start, count))
        )
        {
            First = First + start,
        };
}
