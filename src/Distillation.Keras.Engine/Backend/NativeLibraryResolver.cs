using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Distillation.Keras.Backend;

/// <summary>
/// Loads TorchSharp's native library on a Linux whose C++ runtime is older than GCC 13 (Debian 12, Ubuntu 22.04). It is asked only
/// after the runtime's own load has failed; where that works, and on other systems, it does nothing. Safe for many threads. What oneDNN
/// must know before libtorch computes is told it here, too.
/// </summary>
internal static class NativeLibraryResolver
{
    /// <summary>The native library of TorchSharp, as TorchSharp names it.</summary>
    public const string LibraryName = "LibTorchSharp";

    // In the order in which they need each other. The copy lies elsewhere, so that the loader would not find them beside it.
    private static readonly string[] NeededLibraries = ["c10", "torch_cpu", "torch"];
    private static readonly object Gate = new();
    private static IntPtr _handle;
    private static volatile NativeLoadReport _report = NativeLoadReport.NotAsked;

    /// <summary>What the resolver did in this process.</summary>
    public static NativeLoadReport Report => _report;

    /// <summary>
    /// Registers the resolver where the runtime asks for TorchSharp's library, and limits oneDNN. Runs when this assembly is first used.
    /// </summary>
    [ModuleInitializer]
    [SuppressMessage(
        "Usage",
        "CA2255:The 'ModuleInitializer' attribute should not be used in libraries",
        Justification = "TorchSharp loads its native library in a static constructor, at its first use by anyone. The resolver must be "
            + "there before, and a user who calls TorchSharp first has called nothing of this library yet."
    )]
    internal static void Register()
    {
        OneDnnLimit.Apply();
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        AssemblyLoadContext context = AssemblyLoadContext.GetLoadContext(typeof(TorchSharp.torch).Assembly) ?? AssemblyLoadContext.Default;
        context.ResolvingUnmanagedDll += Resolve;
    }

    private static IntPtr Resolve(Assembly assembly, string name)
    {
        if (name != LibraryName)
        {
            return IntPtr.Zero;
        }

        lock (Gate)
        {
            if (_handle == IntPtr.Zero)
            {
                _handle = Load(assembly);
            }

            return _handle;
        }
    }

    // Never throws: the runtime asks the next resolver when this one returns zero, and TorchSharp tries its own ways after that.
    private static IntPtr Load(Assembly assembly)
    {
        var problems = new List<string>();
        IReadOnlyList<string> folders = NativeSearch.Directories(assembly.Location);
        if (NativeSearch.Find(folders, NativeSearch.FileName(LibraryName)) is not { } original)
        {
            _report = new(NativeLoadKind.Failed, null, problems);
            return IntPtr.Zero;
        }
        foreach (string library in NeededLibraries)
        {
            Preload(library, folders, assembly, problems);
        }

        if (TryLoad(original, problems) is { } asItIs)
        {
            _report = new(NativeLoadKind.AsItIs, null, problems);
            return asItIs;
        }
        (nint? handle, CorrectedCopy? copy) = LoadCorrected(original, problems);
        _report = new(handle is null ? NativeLoadKind.Failed : NativeLoadKind.Corrected, copy, problems);
        return handle ?? IntPtr.Zero;
    }

    // The loader matches what a library needs with what is loaded by name (SONAME), so that it need not be visible to all others.
    private static void Preload(string library, IReadOnlyList<string> folders, Assembly assembly, List<string> problems)
    {
        if (NativeSearch.Find(folders, NativeSearch.FileName(library)) is { } path)
        {
            TryLoad(path, problems);
        }
        else if (!NativeLibrary.TryLoad(library, assembly, null, out _))
        {
            problems.Add($"{NativeSearch.FileName(library)} was not found.");
        }
    }

    private static (IntPtr? Handle, CorrectedCopy? Copy) LoadCorrected(string original, List<string> problems)
    {
        try
        {
            byte[] bytes = File.ReadAllBytes(original);
            ElfCorrection correction = TorchSharpCorrection.Correct(bytes);
            if (correction.Image is not { } corrected)
            {
                problems.Add($"{original} cannot be corrected. {correction.Detail}");
                return (null, null);
            }
            CorrectedCopy copy = MakeCopy(Path.GetFileName(original), bytes, corrected);
            nint? handle = TryLoad(copy.Path, problems);
            if (copy.Origin != CorrectedCopyOrigin.Temporary)
            {
                // A cache on a file system that forbids programs (noexec) can be written and read but not loaded from.
                if (handle is not null)
                {
                    return (handle, copy);
                }

                copy = CorrectedCopyCache.WriteTemporary(Path.GetFileName(original), corrected, $"{copy.Path} could not be loaded.");
                handle = TryLoad(copy.Path, problems);
            }
            CorrectedCopyCache.DeleteTemporary(copy);
            return (handle, copy);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add($"The corrected copy of {original} could not be made: {e.Message}");
            return (null, null);
        }
    }

    private static CorrectedCopy MakeCopy(string name, byte[] original, byte[] corrected) =>
        CorrectedCopyCache.DefaultRoot() is { } root
            ? new CorrectedCopyCache(root).GetOrAdd(name, original, corrected)
            : CorrectedCopyCache.WriteTemporary(name, corrected, "The user has no home folder and XDG_CACHE_HOME is not set.");

    private static IntPtr? TryLoad(string path, List<string> problems)
    {
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            problems.Add(e.Message);
            return null;
        }
    }
}
