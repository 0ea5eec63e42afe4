namespace Distillation.Keras.Conformance;

/// <summary>
/// The library does not have the class, function or file of a case. Anything else that goes wrong is a failure, not this.
/// </summary>
/// <param name="why">What is missing.</param>
public sealed class UnsupportedException(string why) : Exception(why);
