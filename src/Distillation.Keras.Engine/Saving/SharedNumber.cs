namespace Distillation.Keras.Saving;

/// <summary>The number by which a <c>.keras</c> notes that an object is in it more than once.</summary>
/// <param name="Value">The number: in Keras, the address of the object.</param>
/// <param name="IsEverywhere">
/// Whether already the first place has it, as where Keras wrote the object once before and left that out.
/// </param>
internal sealed record SharedNumber(long Value, bool IsEverywhere);
