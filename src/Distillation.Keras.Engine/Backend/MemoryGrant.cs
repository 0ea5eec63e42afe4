namespace Distillation.Keras.Backend;

/// <summary>
/// A part of the memory that was free at a look, for requests that need no look of their own: one takes as long as filling a megabyte.
/// Thread-safe.
/// </summary>
/// <param name="clock">The time in milliseconds.</param>
internal sealed class MemoryGrant(Func<long> clock)
{
    // Small beside what was free, so that what others take meanwhile leaves enough.
    private const double Share = 0.1;
    private const long LastsMilliseconds = 500;

    private readonly object _gate = new();
    private double _left;
    private long _renewed;

    /// <summary>Whether the memory is granted; it counts as taken then.</summary>
    /// <param name="bytes">How much is needed.</param>
    public bool Takes(double bytes)
    {
        lock (_gate)
        {
            if (bytes > _left || clock() - _renewed > LastsMilliseconds)
            {
                return false;
            }

            _left -= bytes;
            return true;
        }
    }

    /// <summary>Grants a part of what is free now, for half a second.</summary>
    /// <param name="available">The bytes that are free.</param>
    public void Renew(double available)
    {
        lock (_gate)
        {
            (_left, _renewed) = (Share * available, clock());
        }
    }
}
