namespace Distillation.Keras.Saving;

/// <summary>
/// Names arguments that Keras leaves out of the configuration of a class: they are read where they are there, and copied, but not written.
/// </summary>
/// <param name="keys">Keras' keys.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = true)]
internal sealed class ConfigUnwrittenAttribute(params string[] keys) : Attribute
{
    /// <summary>Keras' keys.</summary>
    public IReadOnlyList<string> Keys { get; } = keys;
}
