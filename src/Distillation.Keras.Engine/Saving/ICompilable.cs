using System.Text.Json.Nodes;

namespace Distillation.Keras.Saving;

/// <summary>
/// An object that is compiled: what it was compiled with is written beside its configuration, and it is compiled again when it is read.
/// </summary>
internal interface ICompilable : INamed
{
    /// <summary>What it was compiled with; <see langword="null"/> where it was not.</summary>
    /// <exception cref="NotSupportedException">A part holds a delegate.</exception>
    JsonObject? GetCompileConfig();

    /// <summary>Compiles it.</summary>
    void CompileFromConfig(JsonObject config);
}
