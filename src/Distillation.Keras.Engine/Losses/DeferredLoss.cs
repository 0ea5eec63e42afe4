using static TorchSharp.torch;

namespace Distillation.Keras.Losses;

/// <summary>
/// Stands for <c>"crossentropy"</c> until the shapes of targets and predictions are known; only <c>Compile</c> can take it.
/// </summary>
internal sealed class DeferredLoss : Loss
{
    internal DeferredLoss(string name)
        : base(name) { }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor y_true, Tensor y_pred) => Get(Name)!.Forward(y_true, y_pred);
}
