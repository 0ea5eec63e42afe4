using TorchSharp;

namespace Distillation.Keras.Tests;

/// <summary>Counts tensors for tests of what a call leaves behind.</summary>
internal static class LiveTensors
{
    /// <summary>How many there are; what the garbage collector has still to free, of other tests, does not count.</summary>
    public static long Count()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return torch.Tensor.TotalCount;
    }
}
