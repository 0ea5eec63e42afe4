using System.Runtime.InteropServices;
using System.Text;

namespace Distillation.Keras.Backend;

/// <summary>What .NET does not tell of files on Unix.</summary>
internal static class UnixFiles
{
    /// <summary>What a file is, and whose; <see langword="null"/> where the system does not tell.</summary>
    public static (uint Links, uint Owner, uint Group, ushort Mode)? StatusOf(string target)
    {
        const int WorkingFolder = -100;
        const uint TypeModeLinksOwnerGroup = 0x1F;
        byte[] answer = new byte[256];
        try
        {
            // struct statx: u32 mask, u32 block size, u64 attributes, u32 links, u32 owner, u32 group, u16 mode.
            return
                OperatingSystem.IsLinux()
                && StatX(WorkingFolder, [.. Encoding.UTF8.GetBytes(target), 0], 0, TypeModeLinksOwnerGroup, answer) == 0
                ? (
                    BitConverter.ToUInt32(answer, 16),
                    BitConverter.ToUInt32(answer, 20),
                    BitConverter.ToUInt32(answer, 24),
                    BitConverter.ToUInt16(answer, 28)
                )
                : null;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The user as whom this process acts.</summary>
    public static uint CurrentUser() => EffectiveUser();

    /// <summary>Gives a file to the owner of another one. Who may not give it away has it himself then.</summary>
    public static void KeepOwner(string finished, string target)
    {
        if (StatusOf(target) is { } status && status.Owner != EffectiveUser())
        {
            _ = ChangeOwner([.. Encoding.UTF8.GetBytes(finished), 0], status.Owner, status.Group);
        }
    }

    [DllImport("libc", EntryPoint = "statx"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int StatX(int folder, byte[] path, int flags, uint mask, byte[] answer);

    [DllImport("libc", EntryPoint = "chown"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ChangeOwner(byte[] path, uint owner, uint group);

    [DllImport("libc", EntryPoint = "geteuid"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint EffectiveUser();
}
