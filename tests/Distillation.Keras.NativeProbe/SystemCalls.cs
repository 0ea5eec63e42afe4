using System.Runtime.InteropServices;

namespace Distillation.Keras.NativeProbe;

/// <summary>What a process gives up of its own: time, room and rights.</summary>
internal static partial class SystemCalls
{
    /// <summary>How many seconds of the processors it may take; then it is ended.</summary>
    public const int ProcessorTime = 0;

    /// <summary>How many bytes a file may have that it writes.</summary>
    public const int FileSize = 1;

    private const int FileSizeExceeded = 25;
    private const nint Ignored = 1;
    private const uint Nobody = 65534;

    public static void Limit(int resource, ulong most)
    {
        var limits = new Limits { Now = most, Most = ulong.MaxValue };
        if (SetLimit(resource, in limits) != 0)
        {
            throw new InvalidOperationException("The system does not let a process limit itself.");
        }
    }

    /// <summary>Makes a file that may not become larger an error of who writes it, and not the end of the process.</summary>
    public static void IgnoreLargeFiles() => _ = SetSignal(FileSizeExceeded, Ignored);

    /// <summary>Goes on as a user who owns nothing; for root only.</summary>
    public static void BecomeNobody()
    {
        if (SetUser(Nobody) != 0)
        {
            throw new InvalidOperationException("Root cannot become another user.");
        }
    }

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in Limits limits);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetSignal(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "seteuid")]
    private static partial int SetUser(uint user);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limits
    {
        public ulong Now;
        public ulong Most;
    }
}
