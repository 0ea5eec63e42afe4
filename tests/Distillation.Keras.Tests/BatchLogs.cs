using Distillation.Keras.Callbacks;

namespace Distillation.Keras.Tests;

/// <summary>Keeps the logs of every training batch.</summary>
internal sealed class BatchLogs : Callback
{
    public List<Dictionary<string, double>> Batches { get; } = [];

    public override void OnTrainBatchEnd(int batch, Logs logs) => Batches.Add(new Dictionary<string, double>(logs));
}
