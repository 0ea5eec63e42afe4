using Distillation.Keras.Saving;
using Distillation.Keras.Utils;
using static TorchSharp.torch;

namespace Distillation.Keras.Losses;

/// <summary>A function of targets and predictions that training makes small.</summary>
/// <remarks>
/// Immutable. A string converts: <c>model.Compile(loss: "mse")</c>.
/// Source: <c>keras/src/losses/loss.py</c>.
/// </remarks>
public abstract class Loss : KerasObject
{
    /// <summary>For derived classes.</summary>
    /// <param name="name">The loss' name in logs of models with several outputs.</param>
    /// <param name="reduction"><c>"sum_over_batch_size"</c> (also written <c>"mean"</c>), <c>"sum"</c>, <c>"mean_with_sample_weight"</c>, or <c>"none"</c>.</param>
    /// <param name="dtype">The type that the loss computes in; float32 by default.</param>
    protected Loss(string? name, string reduction = "sum_over_batch_size", DTypePolicy? dtype = null)
    {
        Name = name ?? Naming.Automatic(GetType().Name);
        Reduction = LossReduction.Check(reduction);
        DType = dtype ?? DTypePolicy.Float32;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>How the values of a batch become one.</summary>
    public string Reduction { get; }

    /// <summary>The type that it computes in.</summary>
    public DTypePolicy DType { get; }

    internal override string Module => GetType().Assembly == typeof(Loss).Assembly ? "keras.losses" : base.Module;

    /// <summary>The loss before reduction: one value a row (or a position), with a gradient.</summary>
    /// <param name="y_true">Targets, batch first.</param>
    /// <param name="y_pred">Predictions, batch first.</param>
    public abstract Tensor Call(Tensor y_true, Tensor y_pred);

    /// <summary>The reduced loss.</summary>
    /// <param name="y_true">Targets, batch first; integers or floats.</param>
    /// <param name="y_pred">Predictions, batch first.</param>
    /// <param name="sample_weight">Weights that broadcast against the unreduced loss, or <see langword="null"/>.</param>
    /// <param name="mask">Which positions count (bool, or 0 and 1; the unreduced loss' shape), or <see langword="null"/>.</param>
    /// <returns>A scalar with a gradient, unless the reduction is "none".</returns>
    public Tensor Compute(Tensor y_true, Tensor y_pred, Tensor? sample_weight = null, Tensor? mask = null)
    {
        ArgumentNullException.ThrowIfNull(y_true);
        ArgumentNullException.ThrowIfNull(y_pred);
        Tensor values = Call(y_true, y_pred);
        return LossReduction.Apply(values, Reduction, sample_weight, mask);
    }

    /// <summary>A loss by Keras' name for it.</summary>
    /// <exception cref="ArgumentException">The name is not known.</exception>
    public static Loss Get(string name) => (Loss)KerasClasses.FromIdentifier(name, typeof(Loss));

    /// <summary>A loss by Keras' name for it.</summary>
    public static implicit operator Loss(string name) => Get(name);
}
