namespace Distillation.Keras.Saving;

/// <summary>
/// Says that a class right under <see cref="KerasObject"/> is no kind of its own, but what several kinds may be given as (a learning rate:
/// a number or a schedule).
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class ConfigUnionAttribute : Attribute;
