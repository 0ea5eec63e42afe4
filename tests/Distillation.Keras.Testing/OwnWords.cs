using System.Runtime.InteropServices;

namespace Distillation.Keras.Testing;

/// <summary>Tells the library's own messages from those of libtorch and TorchSharp.</summary>
public static class OwnWords
{
    private static readonly string[] Foreign =
    [
        "Exception raised",
        "frame #",
        ".cpp",
        "INTERNAL ASSERT",
        "c10::",
        "at::",
        "Tensor invalid",
    ];

    /// <summary>Whether an exception was thrown and worded by the library.</summary>
    /// <param name="e">What reached the user.</param>
    public static bool Has(Exception e)
    {
        ArgumentNullException.ThrowIfNull(e);
        return e.Source != "TorchSharp"
            && e is not ExternalException
            && !Array.Exists(Foreign, f => e.Message.Contains(f, StringComparison.Ordinal));
    }
}
