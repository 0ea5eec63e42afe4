namespace Distillation.Keras.Saving;

/// <summary>
/// Names arguments that Keras writes into the configuration of a class only where they have a value (<c>lora_rank</c> of <c>Dense</c>).
/// They come last.
/// </summary>
/// <param name="keys">Keras' keys.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = true)]
internal sealed class ConfigOptionalAttribute(params string[] keys) : Attribute
{
    /// <summary>Keras' keys.</summary>
    public IReadOnlyList<string> Keys { get; } = keys;
}
