namespace Distillation.Keras.Saving;

/// <summary>Keras' name of a class, where ours is another one.</summary>
/// <param name="name">The name in <c>class_name</c>.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class KerasNameAttribute(string name) : Attribute
{
    /// <summary>The name in <c>class_name</c>.</summary>
    public string Name { get; } = name;
}
