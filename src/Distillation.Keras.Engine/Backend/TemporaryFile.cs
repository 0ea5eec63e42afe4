namespace Distillation.Keras.Backend;

/// <summary>Makes files that nobody else sees, and that are gone when they are closed or the process ends.</summary>
internal static class TemporaryFile
{
    /// <summary>One in the folder for temporary files.</summary>
    /// <exception cref="IOException">The folder for temporary files does not take one.</exception>
    public static FileStream Create()
    {
        string folder = Path.GetTempPath();
        try
        {
            return Open(Path.Combine(folder, Path.GetRandomFileName()));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"A temporary file is needed, but the folder for temporary files, '{folder}', does not take one: {e.Message}",
                e
            );
        }
    }

    /// <summary>One in the folder of a file that is being written, or else in that for temporary files.</summary>
    /// <exception cref="IOException">Neither takes one.</exception>
    public static FileStream Beside(Stream file)
    {
        if (file is FileStream { CanSeek: true, Name: string path } && Path.IsPathFullyQualified(path))
        {
            try
            {
                return Open(UnfinishedFiles.NameLike(path));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A folder may take no new file, and what stands in it may be written nevertheless.
            }
        }

        return Create();
    }

    private static FileStream Open(string path)
    {
        bool isWindows = OperatingSystem.IsWindows();
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
}
