using Distillation.Keras.Backend;
using TorchSharp;

namespace Distillation.Keras.Engine.Tests.Backend;

/// <summary>TorchSharp's native library as its package brings it.</summary>
internal static class TorchSharpLibrary
{
    public static string Path { get; } =
        NativeSearch.Find(
            NativeSearch.Directories(typeof(torch).Assembly.Location),
            NativeSearch.FileName(NativeLibraryResolver.LibraryName)
        ) ?? throw new FileNotFoundException("The tests bring TorchSharp's native library, but it is not there.");
}
