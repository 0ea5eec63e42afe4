using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>
/// The batches of a user's source, each checked as a transfer set is; the teacher is asked about each when its turn comes.
/// </summary>
internal sealed class TransferStream : StreamBatches
{
    private readonly FitModels _models;
    private readonly DistillationProgram _program;
    private readonly IReadOnlyDictionary<int, double>? _classWeight;
    private readonly string _labels;
    private readonly bool _isOfFit;
    private readonly bool _asks;

    /// <summary>Reads a source for a distillation.</summary>
    /// <param name="models">Teacher and student.</param>
    /// <param name="program">What refuses data that its terms cannot take.</param>
    /// <param name="source">The source.</param>
    /// <param name="first">Its first batch: the labels of the others have its form.</param>
    /// <param name="class_weight">The weights of the classes' samples, or <see langword="null"/>.</param>
    /// <param name="asks">Whether the teacher is asked about each batch as it comes.</param>
    public TransferStream(
        FitModels models,
        DistillationProgram program,
        DataSource source,
        TransferSet first,
        IReadOnlyDictionary<int, double>? class_weight,
        bool asks
    )
        : base(models.Result, source)
    {
        _models = models;
        _program = program;
        _classWeight = class_weight;
        _labels = FormOf(first.Signals);
        _isOfFit = first.First is not null;
        _asks = asks;
    }

    /// <inheritdoc/>
    protected override Batch Checked(DataBatch batch)
    {
        PairChecks.Numbered(_models.Teacher, batch.Indices is not null || !_isOfFit);
        TransferSet set = TransferSet.Of(_models, batch.X, batch.Y, batch.SampleWeight, _classWeight, null);
        string labels = FormOf(set.Signals);
        if (labels != _labels)
        {
            throw new ArgumentException(
                $"The labels of all batches have the same form, but these are {labels} and those of the first batch {_labels}."
            );
        }

        _program.Check(set.Signals, batch.Indices is not null || !_isOfFit);
        BatchRows rows = RowsOf(batch, set.Samples);
        TransferSignals signals = _asks ? _models.Ask(set.Signals, set.X, _isOfFit ? rows.Indices : null) : set.Signals;
        return new TransferBatch(set.X, signals, rows, _isOfFit ? 0 : null);
    }

    private static string FormOf(TransferSignals signals) =>
        !signals.HasLabels
            ? "none"
            : string.Join(
                ", ",
                signals.Heads.Select(h => h.Labels is Tensor y ? $"{Shape.FromSizes(y.shape).With(0, null)} of {y.dtype}" : "none")
            );
}
