using Distillation.Keras.Testing;

namespace Distillation.Keras.Benchmarks.Measuring;

/// <summary>What training steps leave behind and allocate.</summary>
/// <param name="Name">The contest's name.</param>
/// <param name="Steps">How many steps were counted.</param>
/// <param name="LiveBefore">Living tensors before them.</param>
/// <param name="LiveAfter">Living tensors after them.</param>
/// <param name="OursBytes">Managed bytes that this library allocates a step.</param>
/// <param name="TheirsBytes">Managed bytes that the code written by hand allocates a step.</param>
internal sealed record MemoryUse(string Name, int Steps, long LiveBefore, long LiveAfter, double OursBytes, double TheirsBytes)
{
    // What a call itself takes is the same for few and many steps, and goes away in the difference.
    private const int Few = 4;

    /// <summary>Counts.</summary>
    public static MemoryUse Of(IContest contest, int steps)
    {
        double theirs = BytesPerStep(n => contest.Theirs(n), steps);
        contest.Ours(Few);
        long before = LiveTensors.Count;
        contest.Ours(steps);
        long after = LiveTensors.Count;
        return new MemoryUse(contest.Name, steps, before, after, BytesPerStep(n => contest.Ours(n), steps), theirs);
    }

    private static double BytesPerStep(Action<int> run, int steps)
    {
        run(Few);
        long few = Bytes(() => run(Few));
        long many = Bytes(() => run(Few + steps));
        return (many - few) / (double)steps;
    }

    private static long Bytes(Action run)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        run();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
