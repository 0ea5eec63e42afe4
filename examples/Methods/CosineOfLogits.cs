using Distillation.Keras.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Methods;

/// <summary>An objective of one's own: 1 - the cosine of both models' logits, one value a sample.</summary>
public sealed class CosineOfLogits() : DistillationObjective("cosine_of_logits")
{
    /// <inheritdoc/>
    // Both models' logits are what an objective needs unless it says otherwise.
    protected override Tensor Compute(ObjectiveSignals signals)
    {
        ArgumentNullException.ThrowIfNull(signals);
        Tensor z = nn.functional.normalize(signals.StudentLogits, dim: -1);
        Tensor v = nn.functional.normalize(signals.TeacherLogits, dim: -1);
        return 1 - (z * v).sum(-1);
    }
}
