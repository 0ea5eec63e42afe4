namespace Distillation.Keras.Backend;

/// <summary>
/// What keeps TorchSharp's native library from loading beside a C++ runtime older than GCC 13, and the library without it.
/// </summary>
internal static class TorchSharpCorrection
{
    /// <summary>The version of the C++ runtime that the library asks for, for a marker alone.</summary>
    public const string UnneededVersion = "GLIBCXX_3.4.32";

    /// <summary>The marker: libstdc++'s sign that a source file includes <c>&lt;iostream&gt;</c>. No code calls it.</summary>
    public const string UncalledSymbol = "_ZSt21ios_base_library_initv";

    /// <summary>Corrects the library. It loads wherever the original does, too.</summary>
    /// <param name="image">The whole file. It is not changed.</param>
    /// <returns>The corrected copy, or why there is none.</returns>
    public static ElfCorrection Correct(ReadOnlySpan<byte> image) => ElfVersionNeeds.MarkWeak(image, UnneededVersion, UncalledSymbol);
}
