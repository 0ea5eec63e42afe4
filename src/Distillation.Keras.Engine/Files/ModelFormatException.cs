namespace Distillation.Keras;

/// <summary>
/// A model file is no such file, is damaged, or has something in it that is not read. The message names the file, the place in it and the
/// reason. Nothing was loaded.
/// </summary>
public sealed class ModelFormatException : FormatException
{
    internal ModelFormatException(string message, Exception? innerException = null)
        : base(message, innerException) { }
}
