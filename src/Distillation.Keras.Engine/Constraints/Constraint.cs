using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
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
    /// <param name="identifier">Its name; <see langword="null"/> is none.</param>
    /// <exception cref="ArgumentException">The name is not known; the message has the nearest ones.</exception>
    [return: NotNullIfNotNull(nameof(identifier))]
    public static Constraint? Get(string? identifier) =>
        identifier is null ? null : (Constraint)KerasClasses.FromIdentifier(identifier, typeof(Constraint));

    /// <summary>A constraint from Keras' form of one, as <see cref="Serialize"/> writes it, or from its name.</summary>
    /// <param name="config">An object with <c>class_name</c> and <c>config</c>, or a name.</param>
    /// <param name="custom_objects">What is made of names that the library does not know, from the configurations of these.</param>
    /// <exception cref="NotSupportedException">The class is not known; the message names it.</exception>
    /// <exception cref="ArgumentException">The configuration has an unknown key, or a value that does not fit.</exception>
    public static Constraint Deserialize(JsonNode config, IReadOnlyDictionary<string, Func<JsonObject, object>>? custom_objects = null) =>
        KerasSerializer.Read<Constraint>(config, custom_objects, Get);

    /// <summary>A constraint in Keras' form: <c>module</c>, <c>class_name</c>, <c>config</c>.</summary>
    /// <param name="constraint">The constraint.</param>
    /// <exception cref="NotSupportedException">It holds a delegate, which no configuration can hold.</exception>
    public static JsonObject Serialize(Constraint constraint)
    {
        ArgumentNullException.ThrowIfNull(constraint);
        return KerasSerializer.Serialize(constraint);
    }

    /// <summary>A constraint by Keras' name for it; <see langword="null"/> is none.</summary>
    [return: NotNullIfNotNull(nameof(name))]
    public static implicit operator Constraint?(string? name) => Get(name);
}
