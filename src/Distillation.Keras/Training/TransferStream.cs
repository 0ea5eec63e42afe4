using Distillation.Keras.Teachers;
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

    /// <summary>Reads a source for a distillation.</summary>
    /// <param name="models">Teacher and student.</param>
    /// <param name="program">What refuses data that its terms cannot take.</param>
    /// <param name="source">The source.</param>
    /// <param name="first">Its first batch: the labels of the others have its form.</param>
    /// <param name="class_weight">The weights of the classes' samples, or <see langword="null"/>.</param>
    public TransferStream(
        FitModels models,
        DistillationProgram program,
        DataSource source,
        TransferSet first,
        IReadOnlyDictionary<int, double>? class_weight
    )
        : base(models.Result, source)
    {
        _models = models;
        _program = program;
        _classWeight = class_weight;
        _labels = FormOf(first.Signals);
        _isOfFit = first.First is not null;
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
        return new TransferBatch(set.X, WithTeacher(set, _isOfFit ? rows.Indices : null), rows, _isOfFit ? 0 : null);
    }

    private TransferSignals WithTeacher(TransferSet set, Tensor? indices)
    {
        if (_models.Teacher is not Teacher teacher || (teacher.Outputs.Count == 0 && _models.TeacherFeatures.Count == 0))
        {
            return set.Signals;
        }

        bool hasOutputs = teacher.Outputs.Count > 0;
        TeacherSignals known = TeacherCache.AskFinite(teacher, new TeacherBatch(set.X, indices, _models.TeacherFeatures, hasOutputs));

        // A teacher may compute elsewhere.
        Device device = _models.StudentLogits.Device;
        Tensor[] features = [.. known.Features.Select(device.Moved)];
        return set.Signals.WithTeacher(
            _models.Heads,
            hasOutputs ? Array.ConvertAll(_models.InOrder(known.Outputs), device.Moved) : null,
            features
        );
    }

    private static string FormOf(TransferSignals signals) =>
        !signals.HasLabels
            ? "none"
            : string.Join(
                ", ",
                signals.Heads.Select(h => h.Labels is Tensor y ? $"{Shape.FromSizes(y.shape).With(0, null)} of {y.dtype}" : "none")
            );
}
