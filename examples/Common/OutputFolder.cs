namespace Examples.Common;

/// <summary>Where an example writes, with <see cref="OutputFile"/>. A temporary one is removed when it is disposed.</summary>
public sealed class OutputFolder : IDisposable
{
    // A name that no file of the user's has, and the same each time: what a run that was killed left of it is replaced.
    private const string Trial = ".distillation-keras.trial";

    private readonly string _folder;

    /// <summary>
    /// Makes the folder and tries to write there, so that what cannot be written shows before the training and not after it.
    /// </summary>
    /// <param name="folder">Its path.</param>
    /// <param name="bytes">About how much will be written.</param>
    /// <exception cref="IOException">It cannot or may not be made or written, or there is no room.</exception>
    public OutputFolder(string folder, long bytes)
    {
        _folder = Path.GetFullPath(folder);
        try
        {
            Directory.CreateDirectory(_folder);
            Try(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            // The last one is what .NET has for a file that is too long for the system.
            throw new IOException($"The results cannot be written to '{folder}': {e.Message} Give another folder.", e);
        }
    }

    /// <summary>Whether the folder is removed at the end.</summary>
    public bool IsTemporary { get; private init; }

    /// <summary>Makes a folder of its own among the system's temporary files.</summary>
    /// <param name="bytes">About how much will be written.</param>
    /// <exception cref="IOException">There is no room.</exception>
    public static OutputFolder Temporary(long bytes)
    {
        string folder = Directory.CreateTempSubdirectory("distillation-keras-").FullName;
        try
        {
            return new OutputFolder(folder, bytes) { IsTemporary = true };
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>The full path of a file there.</summary>
    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>Writes a file.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="write">Writes it to the stream that it is given.</param>
    public void Put(string name, Action<Stream> write) => OutputFile.Write(PathOf(name), write);

    /// <summary>Writes a text.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="text">The text.</param>
    public void Put(string name, string text) => OutputFile.Write(PathOf(name), text);

    /// <summary>Tries whether a file can be written there, without changing it. What a run that was killed left of it is removed.</summary>
    /// <exception cref="IOException">A folder has its name.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void RefuseUnwritable(string name) => OutputFile.RefuseUnwritable(PathOf(name));

    /// <summary>Removes the folder if it is a temporary one.</summary>
    public void Dispose()
    {
        if (IsTemporary)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    // Not by its length alone: that would reserve no room.
    private void Try(long bytes)
    {
        try
        {
            Put(
                Trial,
                stream =>
                {
                    byte[] block = new byte[1 << 16];
                    for (long left = bytes; left > 0; left -= block.Length)
                    {
                        stream.Write(block, 0, (int)Math.Min(left, block.Length));
                    }

                    (stream as FileStream)?.Flush(flushToDisk: true);
                }
            );
        }
        finally
        {
            File.Delete(PathOf(Trial));
        }
    }
}
