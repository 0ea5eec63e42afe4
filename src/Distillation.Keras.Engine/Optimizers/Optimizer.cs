namespace Distillation.Keras.Optimizers;

/// <summary>Changes weights along their gradients.</summary>
public abstract class Optimizer : KerasObject
{
    internal override string Module => GetType().Assembly == typeof(Optimizer).Assembly ? "keras.optimizers" : base.Module;
}
