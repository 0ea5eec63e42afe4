using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>Arrays cut into batches: in order as views, or shuffled anew for every pass.</summary>
/// <remarks>Owns its tensors; <see cref="Dispose"/> frees them (handles only where the caller gave tensors).</remarks>
internal class ArrayBatches : BatchSource
{
    private readonly Tensor[] _x;
    private readonly Tensor[] _y;
    private readonly Tensor?[]? _weights;

    public ArrayBatches(Tensor[] x, Tensor[] y, Tensor?[]? weights, int batchSize)
    {
        _x = Detached(x)!;
        _y = Detached(y)!;
        _weights = weights is null ? null : Detached(weights);
        Samples = x[0].shape[0];
        BatchSize = batchSize;
        Count = (int)((Samples + batchSize - 1) / batchSize);
    }

    /// <summary>How many samples there are.</summary>
    public long Samples { get; }

    /// <summary>How many samples a step takes (the last one may have fewer).</summary>
    public int BatchSize { get; }

    /// <summary>How many steps one pass takes.</summary>
    public int Count { get; }

    public override int? Steps => Count;

    /// <summary>The targets, for checks before the first step.</summary>
    public IReadOnlyList<Tensor> Targets => _y;

    /// <summary>A step's batch of a pass in order, in the dispose scope that is open.</summary>
    public Batch Get(int step) => Get(step, null);

    public override IEnumerable<Batch> Read(SourcePass pass, int skip)
    {
        Tensor? order = pass.Shuffle ? randperm(Samples, ScalarType.Int64, CPU, generator: pass.Generator).DetachFromDisposeScope() : null;
        try
        {
            for (int step = skip; step < Count; step++)
            {
                yield return Get(step, order);
            }
        }
        finally
        {
            order?.Dispose();
        }
    }

    public override void Dispose()
    {
        foreach (Tensor? tensor in _x.Concat(_y).Concat(_weights ?? []))
        {
            tensor?.Dispose();
        }
    }

    /// <summary>Makes the batch of some rows.</summary>
    protected virtual Batch Make(Tensor[] x, Tensor[] y, Tensor?[]? weights, BatchRows rows) => new(x, y, weights, rows);

    private Batch Get(int step, Tensor? order)
    {
        long start = (long)step * BatchSize;
        int size = (int)Math.Min(BatchSize, Samples - start);
        var rows = new BatchRows(order?.narrow(0, start, size), start, size);
        return Make(
            Array.ConvertAll(_x, rows.Of),
            Array.ConvertAll(_y, rows.Of),
            _weights is null ? null : Array.ConvertAll(_weights, t => t is null ? null : rows.Of(t)),
            rows
        );
    }

    private static T[] Detached<T>(T[] tensors)
        where T : Tensor? => Array.ConvertAll(tensors, t => t is null ? t : (T)t.DetachFromDisposeScope());
}
