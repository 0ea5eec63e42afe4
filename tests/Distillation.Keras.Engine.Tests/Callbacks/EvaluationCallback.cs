using Distillation.Keras.Callbacks;

namespace Distillation.Keras.Engine.Tests.Callbacks;

/// <summary>Does something after each batch of an evaluation or validation.</summary>
internal sealed class EvaluationCallback(Action<int> onBatchEnd) : Callback
{
    public override void OnTestBatchEnd(int batch, Logs logs) => onBatchEnd(batch);
}
