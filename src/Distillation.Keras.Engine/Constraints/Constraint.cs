using System.Diagnostics.CodeAnalysis;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Constraints;

/// <summary>Brings a weight back into an allowed set after each step.</summary>
/// <remarks>
/// Immutable. A string converts: <c>new Dense(10, kernel_constraint: "non_neg")</c>. Source: <c>keras/src/constraints/constraints.py</c>.
/// </remarks>
public abstract class Constraint : KerasObject
{
    internal override string Module => GetType().Assembly == typeof(Constraint).Assembly ? "keras.constraints" : base.Module;

    /// <summary>The nearest allowed weight. Called without gradient recording.</summary>
    /// <param name="weight">The weight; it is not changed.</param>
    /// <returns>A new tensor of the same shape.</returns>
    public abstract Tensor Call(Tensor weight);

    /// <summary>A constraint by Keras' name for it.</summary>
    /// <param name="name">Its name; <see langword="null"/> is none.</param>
    /// <exception cref="ArgumentException">The name is not known; the message has the nearest ones.</exception>
    [return: NotNullIfNotNull(nameof(name))]
    public static Constraint? Get(string? name) => name is null ? null : (Constraint)KerasClasses.FromIdentifier(name, typeof(Constraint));

    /// <summary>A constraint by Keras' name for it; <see langword="null"/> is none.</summary>
    [return: NotNullIfNotNull(nameof(name))]
    public static implicit operator Constraint?(string? name) => Get(name);
}
