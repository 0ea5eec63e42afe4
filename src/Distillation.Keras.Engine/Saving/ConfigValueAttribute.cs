namespace Distillation.Keras.Saving;

/// <summary>
/// A key that Keras writes into the configuration of a class and that has one possible value here
/// (for instance <c>quantization_config: null</c>). It is written, and read only with that value.
/// </summary>
/// <param name="key">Keras' key.</param>
/// <param name="value">Its only value, as JSON text.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = true)]
internal sealed class ConfigValueAttribute(string key, string value) : Attribute
{
    /// <summary>Keras' key.</summary>
    public string Key { get; } = key;

    /// <summary>The value as JSON text.</summary>
    public string Value { get; } = value;
}
