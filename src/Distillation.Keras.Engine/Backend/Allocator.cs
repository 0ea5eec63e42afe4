using System.Runtime.InteropServices;

namespace Distillation.Keras.Backend;

/// <summary>
/// Keeps freed memory in the process on Linux with glibc. Its default gives every freed block of more than 128 KiB back to the kernel, and
/// a step of training then spends most of its time on page faults for the same few megabytes again and again.
/// </summary>
/// <remarks>
/// Where the user has set glibc's own variables (<c>MALLOC_MMAP_THRESHOLD_</c>, <c>MALLOC_TRIM_THRESHOLD_</c>, <c>GLIBC_TUNABLES</c>), they
/// are left alone.
/// </remarks>
internal static partial class Allocator
{
    // glibc's malloc.h.
    private const int TrimThreshold = -1;
    private const int MmapThreshold = -3;

    // The largest that glibc accepts on 64 bits; larger blocks are still given back at once.
    private const int KeepBlocksUpTo = 32 << 20;

    private const int KeepFreeUpTo = 512 << 20;

    private static readonly string[] OwnSettings =
    [
        "MALLOC_MMAP_THRESHOLD_",
        "MALLOC_TRIM_THRESHOLD_",
        "MALLOC_TOP_PAD_",
        "GLIBC_TUNABLES",
    ];

    /// <summary>Sets the thresholds once. Does nothing elsewhere, or where the user has set them.</summary>
    public static void KeepMemory()
    {
        if (!OperatingSystem.IsLinux() || OwnSettings.Any(s => Environment.GetEnvironmentVariable(s) is not null))
        {
            return;
        }

        try
        {
            _ = Mallopt(MmapThreshold, KeepBlocksUpTo);
            _ = Mallopt(TrimThreshold, KeepFreeUpTo);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another C library (musl) has no such setting, and does without.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int Mallopt(int parameter, int value);
}
