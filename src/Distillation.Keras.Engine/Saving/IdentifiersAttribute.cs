namespace Distillation.Keras.Saving;

/// <summary>The strings by which Keras knows a class, beside its own name: <c>"mse"</c>, <c>"mean_squared_error"</c>.</summary>
/// <param name="names">
/// All strings but the class name. Without the attribute it is the class name in snake_case. On the base class of a kind: the strings whose
/// class the shapes of the data choose.
/// </param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class IdentifiersAttribute(params string[] names) : Attribute
{
    /// <summary>The strings.</summary>
    public IReadOnlyList<string> Names { get; } = names ?? throw new ArgumentNullException(nameof(names));
}
