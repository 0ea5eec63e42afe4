using Distillation.Keras.Backend;
using Distillation.Keras.State;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Metrics;

/// <summary>The share of rows for which something holds, over the batches of an epoch. No waiting.</summary>
/// <param name="device">Where the rows are.</param>
internal sealed class ShareTracker(Device device)
{
    private readonly Variable _hits = new(zeros(Array.Empty<long>(), ScalarType.Float64, device), "hits", trainable: false);
    private readonly Variable _counted = new(zeros(Array.Empty<long>(), ScalarType.Float64, device), "counted", trainable: false);
    private long _rows;

    /// <summary>Takes in a batch.</summary>
    /// <param name="holds">Bool (rows,) or (rows, labels).</param>
    /// <param name="counted">1 where a row counts, (rows,), or <see langword="null"/>: all do.</param>
    public void Update(Tensor holds, Tensor? counted)
    {
        using DisposeScope scope = NewDisposeScope();
        if (counted is null)
        {
            _hits.Value.Accumulate(holds.sum());
            _rows += holds.numel();
            return;
        }

        _hits.Value.Accumulate((holds * counted).sum());
        _counted.Value.Accumulate(counted.sum());
    }

    /// <summary>The share, as a new scalar; 0 before any row.</summary>
    public Tensor Result()
    {
        using DisposeScope scope = NewDisposeScope();
        return (_hits.Value / _counted.Value.Plus(_rows).AtLeast(double.Epsilon)).MoveToOuterDisposeScope();
    }

    public void Reset()
    {
        using DisposeScope scope = NewDisposeScope();
        _hits.Value.zero_();
        _counted.Value.zero_();
        _rows = 0;
    }

    /// <summary>The sums, taken down or put back.</summary>
    public void Exchange(StateExchange state)
    {
        state.Values("hits", _hits);
        state.Values("counted", _counted);
        _rows = state.Count("rows", _rows, long.MaxValue);
    }

    public void Release()
    {
        _hits.Release();
        _counted.Release();
    }
}
