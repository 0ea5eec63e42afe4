namespace Distillation.Keras.Soak.Collector;

/// <summary>A thread that does nothing but allocate, so that garbage is collected all the time, until it is disposed.</summary>
internal sealed class AllocatingThread : IDisposable
{
    private readonly Thread _thread;
    private readonly int _first = GC.CollectionCount(0);
    private volatile bool _stopped;

    public AllocatingThread()
    {
        _thread = new Thread(Allocate) { IsBackground = true, Name = "allocating" };
        _thread.Start();
    }

    /// <summary>How many collections there were since the thread began.</summary>
    public long Collections => GC.CollectionCount(0) - _first;

    public void Dispose()
    {
        _stopped = true;
        _thread.Join();
    }

    private void Allocate()
    {
        object[] kept = new object[64];
        for (int i = 0; !_stopped; i = (i + 1) % kept.Length)
        {
            kept[i] = new byte[1024];
        }

        GC.KeepAlive(kept);
    }
}
