using Distillation.Keras.Backend;
using Distillation.Keras.State;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>
/// The mean of a loss over the batches of an epoch, each counted with its number of samples. One tensor operation a step, and no waiting.
/// </summary>
/// <param name="device">Where the loss is computed.</param>
internal sealed class LossTracker(Device device)
{
    private readonly Variable _total = new(zeros(Array.Empty<long>(), ScalarType.Float64, device), "total", trainable: false);
    private long _count;

    /// <summary>Whether there was no batch since the last reset.</summary>
    public bool IsEmpty => _count == 0;

    /// <summary>Takes in a batch's loss. To be called without gradient recording.</summary>
    public void Update(Tensor loss, int size)
    {
        _total.Value.AddScaled(loss.detach(), size);
        _count += size;
    }

    /// <summary>The mean, as a new scalar; 0 before any batch.</summary>
    public Tensor Result() => _count == 0 ? zeros_like(_total.Value) : _total.Value.Over(_count);

    public void Reset()
    {
        // An operation in place gives a new handle too.
        using DisposeScope scope = NewDisposeScope();
        _total.Value.zero_();
        _count = 0;
    }

    /// <summary>The sums, taken down or put back.</summary>
    public void Exchange(StateExchange state)
    {
        state.Values("total", _total);
        _count = state.Count("count", _count, long.MaxValue);
    }

    public void Release() => _total.Release();
}
