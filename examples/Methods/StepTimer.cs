using System.Diagnostics;
using Distillation.Keras;
using Distillation.Keras.Callbacks;

namespace Methods;

/// <summary>Notes how long each step of a fit takes, between the callbacks before and after it.</summary>
internal sealed class StepTimer : Callback
{
    private readonly List<double> _seconds = [];
    private long _start;

    /// <summary>The median of the steps so far, without the first ones.</summary>
    public double Median
    {
        get
        {
            double[] sorted = [.. _seconds.Skip(Math.Min(5, _seconds.Count / 2)).Order()];
            return sorted[sorted.Length / 2];
        }
    }

    public override void OnTrainBatchBegin(int batch, Logs logs) => _start = Stopwatch.GetTimestamp();

    public override void OnTrainBatchEnd(int batch, Logs logs) => _seconds.Add(Stopwatch.GetElapsedTime(_start).TotalSeconds);
}
