using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Initializers;

/// <summary>Makes a weight's first values.</summary>
/// <remarks>
/// Immutable. A string converts: <c>new Dense(10, kernel_initializer: "he_normal")</c>.
/// Source: <c>keras/src/initializers/initializer.py</c>.
/// </remarks>
public abstract class Initializer : KerasObject
{
    internal override string Module => GetType().Assembly == typeof(Initializer).Assembly ? "keras.initializers" : base.Module;

    /// <summary>The values.</summary>
    /// <param name="shape">The weight's shape, fully known.</param>
    /// <param name="dtype">Its type.</param>
    /// <returns>A new tensor that the caller owns.</returns>
    /// <exception cref="InsufficientMemoryException">There is no memory for it.</exception>
    public abstract Tensor Call(Shape shape, ScalarType dtype = ScalarType.Float32);

    /// <summary>An initializer by Keras' name for it.</summary>
    /// <param name="identifier">Its name; <see langword="null"/> is none.</param>
    /// <exception cref="ArgumentException">The name is not known; the message has the nearest ones.</exception>
    [return: NotNullIfNotNull(nameof(identifier))]
    public static Initializer? Get(string? identifier) =>
        identifier is null ? null : (Initializer)KerasClasses.FromIdentifier(identifier, typeof(Initializer));

    /// <summary>An initializer from Keras' form of one, as <see cref="Serialize"/> writes it, or from its name.</summary>
    /// <param name="config">An object with <c>class_name</c> and <c>config</c>, or a name.</param>
    /// <param name="custom_objects">What is made of names that the library does not know, from the configurations of these.</param>
    /// <exception cref="NotSupportedException">The class is not known; the message names it.</exception>
    /// <exception cref="ArgumentException">The configuration has an unknown key, or a value that does not fit.</exception>
    public static Initializer Deserialize(JsonNode config, IReadOnlyDictionary<string, Func<JsonObject, object>>? custom_objects = null) =>
        KerasSerializer.Read<Initializer>(config, custom_objects, Get);

    /// <summary>An initializer from Keras' form of one; the same as <see cref="Deserialize"/>, but takes no name.</summary>
    /// <param name="config">An object with <c>class_name</c> and <c>config</c>.</param>
    /// <exception cref="NotSupportedException">The class is not known; the message names it.</exception>
    /// <exception cref="ArgumentException">The configuration has an unknown key, or a value that does not fit.</exception>
    public static Initializer FromConfig(JsonNode config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return KerasSerializer.Deserialize<Initializer>(config);
    }

    /// <summary>An initializer in Keras' form: <c>module</c>, <c>class_name</c>, <c>config</c>.</summary>
    /// <param name="initializer">The initializer.</param>
    /// <exception cref="NotSupportedException">It holds a delegate, which no configuration can hold.</exception>
    public static JsonObject Serialize(Initializer initializer)
    {
        ArgumentNullException.ThrowIfNull(initializer);
        return KerasSerializer.Serialize(initializer);
    }

    /// <summary>A new one with the same arguments; without a seed it draws numbers of its own.</summary>
    public Initializer Clone() => (Initializer)Duplicate();

    /// <summary>An initializer by Keras' name for it; <see langword="null"/> is none.</summary>
    [return: NotNullIfNotNull(nameof(name))]
    public static implicit operator Initializer?(string? name) => Get(name);

    /// <summary>The sizes of a weight that there is memory for.</summary>
    private protected long[] SizesOf(Shape shape, ScalarType type, int copies = 1)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (!shape.IsFullyKnown)
        {
            throw new ArgumentException($"A weight's shape is fully known, but {shape} was given.", nameof(shape));
        }

        SystemMemory.Require($"The initializer {ClassName}: a weight", shape, type, copies);
        return shape.ToSizes();
    }
}
