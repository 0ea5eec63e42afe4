namespace Distillation.Keras.Saving;

/// <summary>
/// Says that another property keeps the constructor argument of this property's name, because this one has another type
/// (a learning rate is given as a number or a schedule, and read as a number).
/// </summary>
/// <param name="property">The property whose value is written into the configuration.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ConfigSourceAttribute(string property) : Attribute
{
    /// <summary>The property whose value is written into the configuration.</summary>
    public string Property { get; } = property;
}
