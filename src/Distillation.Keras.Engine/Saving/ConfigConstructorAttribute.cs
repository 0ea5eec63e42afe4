namespace Distillation.Keras.Saving;

/// <summary>
/// Says which constructor of a class its configuration is: its parameters are the keys, and it makes the object that is read or copied.
/// </summary>
/// <remarks>
/// A class with one public constructor needs no mark; one with several marks one of them. The constructor may be of any accessibility. A
/// parameter that is added to it later is optional: configurations that were written before are read with its default. In F# <c>type Scale
/// [&lt;ConfigConstructor&gt;] (factor: float) = ...</c>, or before <c>new</c>.
/// </remarks>
[AttributeUsage(AttributeTargets.Constructor)]
public sealed class ConfigConstructorAttribute : Attribute;
