using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>Data of one fit or evaluation, cut into batches: in order as views, or shuffled anew for every epoch.</summary>
/// <remarks>Owns its tensors; <see cref="Dispose"/> frees them (handles only where the caller gave tensors).</remarks>
internal class BatchSource : IDisposable
{
    private readonly Tensor[] _x;
    private readonly Tensor[] _y;
    private readonly Tensor?[]? _weights;
    private Tensor? _order;

    public BatchSource(Tensor[] x, Tensor[] y, Tensor?[]? weights, int batchSize)
    {
        _x = Detached(x)!;
        _y = Detached(y)!;
        _weights = weights is null ? null : Detached(weights);
        Samples = x[0].shape[0];
        BatchSize = batchSize;
    }

    /// <summary>How many samples there are.</summary>
    public long Samples { get; }

    /// <summary>How many samples a step takes (the last one may have fewer).</summary>
    public int BatchSize { get; }

    /// <summary>How many steps one pass takes.</summary>
    public int Steps => (int)((Samples + BatchSize - 1) / BatchSize);

    /// <summary>The targets, for checks before the first step.</summary>
    public IReadOnlyList<Tensor> Targets => _y;

    /// <summary>Draws a new order.</summary>
    public void Shuffle(Generator generator)
    {
        _order?.Dispose();
        _order = randperm(Samples, ScalarType.Int64, generator: generator).DetachFromDisposeScope();
    }

    /// <summary>The data of a step, in the dispose scope that is open.</summary>
    public Batch Get(int step)
    {
        long start = (long)step * BatchSize;
        int size = (int)Math.Min(BatchSize, Samples - start);
        Tensor? samples = _order?.narrow(0, start, size);
        return new Batch(
            Array.ConvertAll(_x, t => Rows(t, samples, start, size)),
            Array.ConvertAll(_y, t => Rows(t, samples, start, size)),
            _weights is null ? null : Array.ConvertAll(_weights, t => t is null ? null : Rows(t, samples, start, size)),
            samples,
            start,
            size,
            this);
    }

    public void Dispose()
    {
        _order?.Dispose();
        foreach (Tensor? tensor in _x.Concat(_y).Concat(_weights ?? []))
        {
            tensor?.Dispose();
        }
    }

    private static Tensor Rows(Tensor tensor, Tensor? samples, long start, int size) =>
        samples is null ? tensor.narrow(0, start, size) : tensor.index_select(0, samples);

    private static T[] Detached<T>(T[] tensors)
        where T : Tensor? => Array.ConvertAll(tensors, t => t is null ? t : (T)t.DetachFromDisposeScope());
}
