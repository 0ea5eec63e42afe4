using System.Runtime.InteropServices;

namespace Distillation.Keras.Backend;

/// <summary>Where native libraries may lie, and where a given one does. Reads the file system, loads nothing.</summary>
internal static class NativeSearch
{
    /// <summary>The folders to look into, in the order of the runtime's own search, without repeats.</summary>
    /// <param name="nativeSearchDirectories">The host's list (<c>NATIVE_DLL_SEARCH_DIRECTORIES</c>), or null.</param>
    /// <param name="baseDirectory">The application's folder.</param>
    /// <param name="assemblyLocation">The path of the assembly that asks for the library; empty in a single-file application.</param>
    /// <param name="runtimeIdentifier">The platform, such as <c>linux-x64</c>.</param>
    public static IReadOnlyList<string> Directories(
        string? nativeSearchDirectories,
        string baseDirectory,
        string assemblyLocation,
        string runtimeIdentifier
    )
    {
        string native = Path.Combine("runtimes", runtimeIdentifier, "native");
        var folders = new List<string>();
        folders.AddRange((nativeSearchDirectories ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
        folders.Add(baseDirectory);
        folders.Add(Path.Combine(baseDirectory, native));
        if (Path.GetDirectoryName(assemblyLocation) is { Length: > 0 } beside)
        {
            folders.Add(beside);
            folders.Add(Path.Combine(beside, native));
            // A package folder, where scripts load assemblies from: PACKAGE/lib/net8.0 beside PACKAGE/runtimes.
            folders.Add(Path.Combine(beside, "..", "..", native));
        }
        return folders.Select(folder => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))).Distinct().ToList();
    }

    /// <summary>The folders of the running application for a library that an assembly asks for.</summary>
    /// <param name="assemblyLocation">The path of that assembly; empty in a single-file application.</param>
    public static IReadOnlyList<string> Directories(string assemblyLocation) =>
        Directories(
            AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string,
            AppContext.BaseDirectory,
            assemblyLocation,
            NativePackages.Platform
        );

    /// <summary>The full path of the first file of that name, or null where no folder has one.</summary>
    /// <param name="directories">The folders, in order.</param>
    /// <param name="fileName">The file's name, such as <c>libtorch_cpu.so</c>.</param>
    public static string? Find(IReadOnlyList<string> directories, string fileName) =>
        directories.Select(directory => Path.Combine(directory, fileName)).FirstOrDefault(File.Exists);

    /// <summary>The file name that a library has on this platform: <c>libNAME.so</c>, <c>libNAME.dylib</c> or <c>NAME.dll</c>.</summary>
    public static string FileName(string library) =>
        RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? library + ".dll"
        : RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? $"lib{library}.dylib"
        : $"lib{library}.so";
}
