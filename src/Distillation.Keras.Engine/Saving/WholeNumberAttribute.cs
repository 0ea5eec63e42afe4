namespace Distillation.Keras.Saving;

/// <summary>
/// Marks a number that may have a fraction, or a list of such, that is an integer in Python where it has none: a count of steps.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class WholeNumberAttribute : Attribute;
