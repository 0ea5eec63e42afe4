using Distillation.Keras.Backend;
using Distillation.Keras.Metrics;
using Distillation.Keras.Objectives;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Teachers;

namespace Distillation.Keras.Training;

/// <summary>The batches of a fit, with what the teacher gives beside each sample, and the program over them.</summary>
internal sealed class FitData : IDisposable
{
    private readonly FitModels _models;
    private readonly TermPlan _plan;
    private readonly bool _keepsFeatures;

    private FitData(FitModels models, TermPlan plan, TransferSet training, TransferSet? validation, int batchSize, long featureBytes, CancellationToken cancellationToken)
    {
        _models = models;
        _plan = plan;
        _keepsFeatures = (training.Samples + (validation?.Samples ?? 0)) * BytesASample(models) <= featureBytes;
        Training = Batches(training, batchSize, cancellationToken);
        try
        {
            Validation = validation is null ? null : Batches(validation, batchSize, cancellationToken);
        }
        catch
        {
            Training.Dispose();
            throw;
        }
    }

    /// <summary>The training data.</summary>
    public TransferBatches Training { get; }

    /// <summary>The validation data, if any.</summary>
    public TransferBatches? Validation { get; }

    /// <summary>Runs the teacher and cuts the data into batches.</summary>
    public static FitData Of(FitModels models, TermPlan plan, TransferSet training, TransferSet? validation, int batchSize, long featureBytes, CancellationToken cancellationToken) =>
        new(models, plan, training, validation, batchSize, featureBytes, cancellationToken);

    /// <summary>The program, with new weights of the objectives.</summary>
    public DistillationProgram Program(Optimizer optimizer, Metric[] metrics, RowReduction reduction, SequenceReduction sequences, bool classWeightsOnLabelsOnly, int seed)
    {
        // The weights of adapters come from the fit's seed, and not from the common sequence, which a later model must not notice.
        using IDisposable own = RandomState.Using(seed);
        Device device = _models.StudentLogits.Device;
        FeatureShapes[] features = [.. _models.FeatureShapes.Select(f => f!)];
        ObjectiveSet Bind(int head) => _plan.Bind(head, features, Training.Samples, reduction, DTypes.WideName(_models.StudentLogits.Outputs[Math.Max(0, head)].DType), _models.TeacherLayer, device);
        var sets = new List<ObjectiveSet>();
        try
        {
            // The outputs', and then the features'.
            sets.AddRange(Enumerable.Range(0, _models.Heads.Count).Append(-1).Select(Bind));
        }
        catch
        {
            sets.ForEach(s => s.Release());
            Array.ForEach(metrics, m => m.Release());
            throw;
        }

        HeadProgram[] heads = [.. _models.Heads.Select((h, i) => new HeadProgram(h, sets[i], sequences, metrics, device))];
        return new DistillationProgram(_models.Result, _models.StudentLogits, _models.Teacher, _models.TeacherFeatures, optimizer, heads, new FeatureProgram(sets[^1], device), classWeightsOnLabelsOnly);
    }

    /// <summary>Lets a program look at the data before the first step.</summary>
    /// <exception cref="ArgumentException">There are labels that the loss or the metrics cannot take.</exception>
    public void Check(DistillationProgram program)
    {
        program.Check(Training);
        if (Validation is not null)
        {
            program.Check(Validation);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Training.Dispose();
        Validation?.Dispose();
    }

    // Infinite where a shape is not known before the data are seen.
    private static double BytesASample(FitModels models) => models.FeatureShapes.Sum(f => f!.Teacher.Skip(1).Aggregate(4.0, (bytes, size) => size is int known ? bytes * known : double.PositiveInfinity));

    private TransferBatches Batches(TransferSet set, int batchSize, CancellationToken cancellationToken)
    {
        IReadOnlyList<LayerReference> features = _keepsFeatures ? _models.TeacherFeatures : [];
        if (_models.Teacher is not Teacher teacher || (teacher.Outputs.Count == 0 && features.Count == 0))
        {
            return new TransferBatches(set, _models.Heads, null, [], batchSize);
        }

        TeacherSignals known = new TeacherCache(teacher, features, TeacherCache.BatchSize, cancellationToken).RunFinite(set.X, set.First);
        return new TransferBatches(set, _models.Heads, teacher.Outputs.Count == 0 ? null : _models.InOrder(known.Outputs), known.Features, batchSize);
    }
}
