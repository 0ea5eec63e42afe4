namespace Distillation.Keras.Engine.Tests.Backend;

/// <summary>A folder that this process cannot write into.</summary>
internal static class ReadOnlyFolder
{
    /// <summary>Makes one; root may write wherever permissions forbid it, so that root gets one of the kernel's own folders.</summary>
    public static string Make(TemporaryFolder parent)
    {
        if (Environment.IsPrivilegedProcess)
        {
            return "/proc";
        }

        string path = parent["read-only"];
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        return path;
    }
}
