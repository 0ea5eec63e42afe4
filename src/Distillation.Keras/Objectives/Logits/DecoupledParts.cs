using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>
/// The two parts of decoupled knowledge distillation, each (rows,). Immutable; whoever computed them disposes the tensors.
/// </summary>
internal sealed class DecoupledParts
{
    internal DecoupledParts(Tensor targetClass, Tensor nonTargetClass)
    {
        TargetClass = targetClass;
        NonTargetClass = nonTargetClass;
    }

    /// <summary>TCKD: whether it is the label's class or not.</summary>
    public Tensor TargetClass { get; }

    /// <summary>NCKD: which of the other classes it would be.</summary>
    public Tensor NonTargetClass { get; }
}
