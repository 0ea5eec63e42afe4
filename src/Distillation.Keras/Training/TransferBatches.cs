using Distillation.Keras.Objectives;
using Distillation.Keras.Teachers;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>A transfer set cut into batches, with what the teacher gives beside each sample.</summary>
internal sealed class TransferBatches : ArrayBatches
{
    private readonly long? _first;

    private TransferBatches(TransferSet set, TransferSignals signals, int batchSize)
        : base(Array.ConvertAll(set.X, t => t.alias()), [], null, batchSize)
    {
        _first = set.First;

        // On handles of their own, in no dispose scope.
        Signals = signals.Map(t => t.alias().DetachFromDisposeScope());
    }

    /// <summary>What stands beside all samples.</summary>
    public TransferSignals Signals { get; }

    /// <summary>Asks the teacher about all samples, and cuts them into batches.</summary>
    /// <param name="models">Teacher and student.</param>
    /// <param name="set">The transfer set.</param>
    /// <param name="asks">Whether the teacher is asked about all samples now; otherwise each step asks.</param>
    /// <param name="keepsFeatures">Whether the teacher's features are kept; otherwise each step asks for them.</param>
    /// <param name="batchSize">Samples a step.</param>
    /// <param name="cancellationToken">Ends the run of the teacher.</param>
    public static TransferBatches Of(
        FitModels models,
        TransferSet set,
        bool asks,
        bool keepsFeatures,
        int batchSize,
        CancellationToken cancellationToken
    )
    {
        IReadOnlyList<LayerReference> features = keepsFeatures ? models.TeacherFeatures : [];
        if (!asks || models.Teacher is not Teacher teacher || (teacher.Outputs.Count == 0 && features.Count == 0))
        {
            return new TransferBatches(set, set.Signals, batchSize);
        }

        TeacherSignals known = new TeacherCache(teacher, features, TeacherCache.BatchSize, cancellationToken).RunFinite(set.X, set.First);
        return new TransferBatches(
            set,
            set.Signals.WithTeacher(models.Heads, teacher.Outputs.Count == 0 ? null : models.InOrder(known.Outputs), known.Features),
            batchSize
        );
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Signals.Release();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override Batch Make(Tensor[] x, Tensor[] y, Tensor?[]? weights, BatchRows rows) =>
        new TransferBatch(x, Signals.Map(rows.Of), rows, _first);
}
