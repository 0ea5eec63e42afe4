using TorchSharp;

namespace Distillation.Keras.Testing;

/// <summary>Counts the tensors that a call leaves behind.</summary>
/// <remarks>
/// Counted are the tensors that this thread made less those that it disposed. Nothing is collected: what the garbage collector would free
/// is a leak. What it does free, of this test or of another, is freed on a thread of its own and does not count. So each count is exact,
/// whatever else runs, but sees only the thread that asks: work on other threads is counted by calling this on each of them.
/// </remarks>
public static class LiveTensors
{
    /// <summary>
    /// The tensors that this thread made and did not dispose; negative where it disposed those of others. Only differences mean anything.
    /// </summary>
    public static long Count => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

    /// <summary>
    /// How many more tensors live after <paramref name="action"/> than before it; negative where it disposed what it did not make.
    /// </summary>
    /// <param name="action">Runs on this thread; what it needs and keeps (models, data) is made before it.</param>
    /// <param name="warmUp">
    /// Whether it runs once before, uncounted, for what is made once and kept, such as the slots of an optimizer.
    /// </param>
    public static long LeftBy(Action action, bool warmUp = true)
    {
        ArgumentNullException.ThrowIfNull(action);
        if (warmUp)
        {
            action();
        }

        long before = Count;
        action();
        return Count - before;
    }
}
