using System.Reflection;
using System.Runtime.InteropServices;

namespace Distillation.Keras.Backend;

/// <summary>
/// The native libraries of TorchSharp (libtorch), which an application brings by a NuGet package of its own choice: for the CPU or for
/// CUDA, for one platform or for all. Static; safe for many threads.
/// </summary>
/// <remarks>
/// On a Linux whose C++ runtime is older than GCC 13 (Debian 12, Ubuntu 22.04) TorchSharp's native library does not load as it is.
/// The package's build targets therefore lay a corrected one into the output of every program. Where they had no part (scripts, another
/// version of TorchSharp), this library loads a corrected copy, which it keeps in the user's cache folder
/// (<c>$XDG_CACHE_HOME/distillation-keras</c> or <c>~/.cache/distillation-keras</c>; it may be deleted at any time). Settings of OpenMP
/// (<c>OMP_NUM_THREADS</c>,
/// <c>OMP_WAIT_POLICY</c>, ...) are read by libtorch itself and are left alone.
/// </remarks>
public static class NativeLibraries
{
    private static readonly object Gate = new();
    private static volatile bool _loaded;

    /// <summary>
    /// Loads the native libraries, unless that has been done. The entry points of this library call it; so may a user, to fail early.
    /// </summary>
    /// <exception cref="DllNotFoundException">
    /// There is no native library for this platform, or it cannot be loaded. The message names the package to add, or what the system's
    /// loader said. A later call tries again.
    /// </exception>
    public static void EnsureLoaded()
    {
        if (_loaded)
        {
            return;
        }

        lock (Gate)
        {
            if (_loaded)
            {
                return;
            }

            Load(typeof(TorchSharp.torch).Assembly);
            Allocator.KeepMemory();
            _loaded = true;
        }
    }

    // Before TorchSharp's own static constructor, which would print a long trace and leave its types unusable for the whole process.
    private static void Load(Assembly torchSharp)
    {
        // In TorchSharp's order: Windows finds what LibTorchSharp needs only because torch_cpu is loaded.
        bool hasTorch = NativeLibrary.TryLoad("torch_cpu", torchSharp, null, out _);
        if (NativeLibrary.TryLoad(NativeLibraryResolver.LibraryName, torchSharp, null, out _))
        {
            return;
        }

        IReadOnlyList<string> folders = NativeSearch.Directories(torchSharp.Location);
        throw new DllNotFoundException(Explain(folders, hasTorch, NativePackages.Platform, LoaderMessages(folders)));
    }

    // The resolver has them where it was asked. Elsewhere (Windows, macOS) the system says why once more.
    private static IReadOnlyList<string> LoaderMessages(IReadOnlyList<string> folders)
    {
        IReadOnlyList<string> problems = NativeLibraryResolver.Report.Problems;
        if (problems.Count > 0 || NativeSearch.Find(folders, NativeSearch.FileName(NativeLibraryResolver.LibraryName)) is not { } path)
        {
            return problems;
        }

        try
        {
            NativeLibrary.Load(path);
            return [$"{path} loads by its path, but not by its name."];
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            return [e.Message];
        }
    }

    /// <summary>The message for a load that failed.</summary>
    /// <param name="folders">The folders that were searched.</param>
    /// <param name="hasTorch">Whether libtorch itself is loaded.</param>
    /// <param name="platform">The platform, such as <c>linux-x64</c>.</param>
    /// <param name="problems">What the loader said.</param>
    internal static string Explain(IReadOnlyList<string> folders, bool hasTorch, string platform, IReadOnlyList<string> problems)
    {
        string searched = $"Searched: {string.Join(", ", folders.Where(Directory.Exists))}.";
        string torch = NativeSearch.FileName("torch_cpu");
        if (!hasTorch && NativeSearch.Find(folders, torch) is null)
        {
            return "Distillation.Keras needs the native libtorch, and this application has no package that brings it "
                + $"({torch} was not found). {NativePackages.Remedy(platform)} {searched}";
        }
        string library = NativeSearch.FileName(NativeLibraryResolver.LibraryName);
        if (NativeSearch.Find(folders, library) is not { } path)
        {
            return $"Distillation.Keras needs TorchSharp's native library, and {library} was not found although libtorch is there. "
                + $"The package TorchSharp brings it for {string.Join(", ", NativePackages.Supported)}: publish for one of these "
                + $"platforms, with its native files. {searched}";
        }
        return $"TorchSharp's native library was found but could not be loaded: {path}. It needs the libtorch of the version that belongs "
            + "to it and, on Linux, glibc (not musl, as on Alpine). The loader said: "
            + $"{(problems.Count == 0 ? "nothing" : string.Join(" | ", problems))}";
    }
}
