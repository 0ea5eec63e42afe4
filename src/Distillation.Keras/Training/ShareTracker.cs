using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>The share of rows for which something holds, over the batches of an epoch. No waiting.</summary>
internal sealed class ShareTracker
{
    private readonly Variable _sums = new(zeros(2, ScalarType.Float64), "sums", trainable: false);

    /// <summary>Takes in a batch.</summary>
    /// <param name="holds">Bool (rows,) or (rows, labels).</param>
    /// <param name="counted">1 where a row counts, (rows,), or <see langword="null"/>: all do.</param>
    public void Update(Tensor holds, Tensor? counted)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor values = holds.to(ScalarType.Float32);
        Tensor hits = (counted is null ? values : values * counted).sum();
        Tensor all = counted is null ? tensor((double)holds.numel()) : counted.sum();
        _sums.Value.add_(stack([hits.to(ScalarType.Float64), all.to(ScalarType.Float64)]));
    }

    /// <summary>The share, as a new scalar; 0 before any row.</summary>
    public Tensor Result()
    {
        using DisposeScope scope = NewDisposeScope();
        return (_sums.Value[0] / _sums.Value[1].clamp_min(double.Epsilon)).MoveToOuterDisposeScope();
    }

    public void Reset()
    {
        using DisposeScope scope = NewDisposeScope();
        _sums.Value.zero_();
    }

    public void Release() => _sums.Release();
}
