using Distillation.Keras.Backend;

namespace Examples.Common;

/// <summary>
/// Writes the files of the examples, as the library writes its own: at once and as a whole, through links, with the permissions that were
/// there, and never over a device.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public static class OutputFile
{
    /// <summary>Gives a file a new content.</summary>
    /// <param name="path">The file. Its folder must exist.</param>
    /// <param name="write">Writes it.</param>
    public static void Write(string path, Action<Stream> write) => SafeFile.Write(path, write);

    /// <summary>Gives a file a text as its new content, in UTF-8.</summary>
    /// <param name="path">The file. Its folder must exist.</param>
    /// <param name="text">The text.</param>
    public static void Write(string path, string text) => SafeFile.Write(path, text);

    /// <summary>Tries whether the path can be written, without changing what stands there.</summary>
    /// <param name="path">The file. Its folder must exist.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void RefuseUnwritable(string path) => SafeFile.RefuseUnwritable(path);
}
