using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
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
    /// <param name="identifier">Its name; <see langword="null"/> is none.</param>
    /// <exception cref="ArgumentException">The name is not known; the message has the nearest ones.</exception>
    [return: NotNullIfNotNull(nameof(identifier))]
    public static Regularizer? Get(string? identifier) =>
        identifier is null ? null : (Regularizer)KerasClasses.FromIdentifier(identifier, typeof(Regularizer));

    /// <summary>A regularizer from Keras' form of one, as <see cref="Serialize"/> writes it, or from its name.</summary>
    /// <param name="config">An object with <c>class_name</c> and <c>config</c>, or a name.</param>
    /// <param name="custom_objects">What is made of names that the library does not know, from the configurations of these.</param>
    /// <exception cref="NotSupportedException">The class is not known; the message names it.</exception>
    /// <exception cref="ArgumentException">The configuration has an unknown key, or a value that does not fit.</exception>
    public static Regularizer Deserialize(JsonNode config, IReadOnlyDictionary<string, Func<JsonObject, object>>? custom_objects = null) =>
        KerasSerializer.Read<Regularizer>(config, custom_objects, Get);

    /// <summary>A regularizer in Keras' form: <c>module</c>, <c>class_name</c>, <c>config</c>.</summary>
    /// <param name="regularizer">The regularizer.</param>
    /// <exception cref="NotSupportedException">It holds a delegate, which no configuration can hold.</exception>
    public static JsonObject Serialize(Regularizer regularizer)
    {
        ArgumentNullException.ThrowIfNull(regularizer);
        return KerasSerializer.Serialize(regularizer);
    }

    /// <summary>A regularizer by Keras' name for it; <see langword="null"/> is none.</summary>
    [return: NotNullIfNotNull(nameof(name))]
    public static implicit operator Regularizer?(string? name) => Get(name);
}
