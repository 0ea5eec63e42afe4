using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>The two parts of decoupled knowledge distillation, each (rows,).</summary>
/// <param name="TargetClass">TCKD: whether it is the label's class or not.</param>
/// <param name="NonTargetClass">NCKD: which of the other classes it would be.</param>
public sealed record DecoupledParts(Tensor TargetClass, Tensor NonTargetClass);
