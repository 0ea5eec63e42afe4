using System.Diagnostics.CodeAnalysis;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Regularizers;

/// <summary>A penalty on a weight (or an output) that is added to the loss.</summary>
/// <remarks>
/// Immutable. A string converts: <c>new Dense(10, kernel_regularizer: "l2")</c>. Source: <c>keras/src/regularizers/regularizers.py</c>.
/// </remarks>
public abstract class Regularizer : KerasObject
{
    internal override string Module => GetType().Assembly == typeof(Regularizer).Assembly ? "keras.regularizers" : base.Module;

    /// <summary>The penalty as a scalar tensor with a gradient.</summary>
    /// <param name="x">The weight.</param>
    public abstract Tensor Call(Tensor x);

    /// <summary>A regularizer by Keras' name for it.</summary>
    /// <param name="name">Its name; <see langword="null"/> is none.</param>
    /// <exception cref="ArgumentException">The name is not known; the message has the nearest ones.</exception>
    [return: NotNullIfNotNull(nameof(name))]
    public static Regularizer? Get(string? name) =>
        name is null ? null : (Regularizer)KerasClasses.FromIdentifier(name, typeof(Regularizer));

    /// <summary>A regularizer by Keras' name for it; <see langword="null"/> is none.</summary>
    [return: NotNullIfNotNull(nameof(name))]
    public static implicit operator Regularizer?(string? name) => Get(name);
}
