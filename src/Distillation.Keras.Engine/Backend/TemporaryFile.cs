namespace Distillation.Keras.Backend;

/// <summary>Makes files that nobody else sees, and that are gone when they are closed or the process ends.</summary>
internal static class TemporaryFile
{
    /// <exception cref="IOException">The folder for temporary files does not take one.</exception>
    public static FileStream Create()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        bool isWindows = OperatingSystem.IsWindows();
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                Options = isWindows ? FileOptions.DeleteOnClose : FileOptions.None,
            };
            if (!isWindows)
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            var file = new FileStream(path, options);
            if (!isWindows)
            {
                // What is open stays readable without a name, and a killed process leaves nothing.
                File.Delete(path);
            }

            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"A temporary file is needed, but the folder for temporary files, '{Path.GetTempPath()}', does not take one: {e.Message}",
                e
            );
        }
    }
}
