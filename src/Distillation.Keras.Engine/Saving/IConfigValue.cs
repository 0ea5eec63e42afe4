using System.Text.Json.Nodes;

namespace Distillation.Keras.Saving;

/// <summary>
/// A value that a constructor takes and a configuration holds, and that brings its own form in JSON: a padding, a range, a learning rate.
/// Implement it for a value type of one's own, and classes with a parameter of that type can be written, read and copied.
/// </summary>
/// <typeparam name="TSelf">The type itself, or the base class of all that stand for such a value.</typeparam>
/// <remarks>Values are immutable: a copy of an object shares them with it.</remarks>
public interface IConfigValue<TSelf>
    where TSelf : IConfigValue<TSelf>
{
    /// <summary>Makes the value from what <see cref="ToJson"/> or Keras wrote.</summary>
    /// <param name="node">What the configuration has; never JSON's null, which stands for no value.</param>
    /// <returns>The value; not <see langword="null"/>.</returns>
    /// <exception cref="FormatException">
    /// The JSON is no such value. It becomes an <see cref="ArgumentException"/> that names the class and its argument, and ends with this
    /// one's message. So do the
    /// <see cref="ArgumentException"/> of the value's own constructor and what a look at other JSON ends in:
    /// <see cref="InvalidOperationException"/>, <see cref="OverflowException"/>,
    /// <see cref="InvalidCastException"/>, <see cref="System.Text.Json.JsonException"/>, <see cref="NullReferenceException"/>,
    /// <see cref="KeyNotFoundException"/>, <see cref="IndexOutOfRangeException"/>.
    /// </exception>
    static abstract TSelf FromJson(JsonNode node);

    /// <summary>The value as Keras writes it, or in a form of one's own that <see cref="FromJson"/> reads.</summary>
    /// <returns>A number, a string, a list or an object; not <see langword="null"/>.</returns>
    /// <exception cref="NotSupportedException">It holds what JSON cannot hold.</exception>
    JsonNode ToJson();
}
