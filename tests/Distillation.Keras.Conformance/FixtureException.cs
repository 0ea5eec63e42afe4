namespace Distillation.Keras.Conformance;

/// <summary>A fixture file is not in the promised form: an array or key is missing, or a file is damaged.</summary>
/// <param name="message">Which file, what is wrong with it.</param>
/// <param name="inner">What the reader said, if it said something.</param>
public sealed class FixtureException(string message, Exception? inner = null) : Exception(message, inner);
