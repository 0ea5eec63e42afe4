using System.Text;

namespace Distillation.Keras.Backend;

/// <summary>Writes files as their owner would expect it: what stands at the path stays what it is, and only its content changes.</summary>
/// <remarks>
/// <para>
/// A link stays a link, and its target is written. An ordinary file is replaced at once and as a whole, by one of the same permissions, so
/// that nobody ever sees half of it; one that is not ours alone (several names, another owner, a folder that we may not write) is written
/// in place. A device or pipe, such as <c>/dev/stdout</c>, is never replaced: it gets the text behind what it got before. What a killed
/// process left behind beside the file is cleared away.
/// </para>
/// <para>Thread-safe; several processes may write one file, and the last one is right.</para>
/// </remarks>
internal static class SafeFile
{
    private const int Attempts = 3;
    private const int Room = 1 << 16;

    /// <summary>Gives a file a new content.</summary>
    /// <param name="path">The file, or a link to it. Its folder must exist.</param>
    /// <param name="write">Writes the content; it may be called again where another process came in between.</param>
    /// <param name="flushToDisk">
    /// Whether the content is on the disk before it takes its place, so that it survives a loss of power as a whole or not at all. Then an
    /// ordinary file is replaced also where it is not ours alone: it keeps its owner where we may say so, and other names of it keep the
    /// old content.
    /// </param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Write(string path, Action<Stream> write, bool flushToDisk = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        FileKind kind = KindOf(path, out string target);
        if (kind is FileKind.Stream)
        {
            using FileStream device = OpenStream(path);
            write(device);
            return;
        }

        if ((kind is FileKind.Shared && !flushToDisk) || UnfinishedFiles.Beside(target) is not string temporary)
        {
            WriteInPlace(target, write, flushToDisk);
            return;
        }

        try
        {
            for (int attempt = 1; !TryReplace(temporary, target, kind, write, flushToDisk, isLast: attempt == Attempts); attempt++) { }
        }
        finally
        {
            UnfinishedFiles.Remove(temporary);
        }
    }

    /// <summary>Gives a file a text as its new content, in UTF-8 without a mark.</summary>
    /// <inheritdoc cref="Write(string, Action{Stream}, bool)"/>
    /// <param name="path">The file, or a link to it.</param>
    /// <param name="text">The text.</param>
    public static void Write(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Gives several files a new content; all are on the disk before the first one takes its place.</summary>
    /// <param name="files">
    /// The files, in the order in which they take their places, with what writes them. Their folders must exist.
    /// </param>
    /// <param name="before">Called when all are on the disk, before the first one takes its place.</param>
    /// <exception cref="IOException">One cannot be written, or is a device or a pipe.</exception>
    /// <exception cref="UnauthorizedAccessException">One may not be written, or a folder takes no new file; all are as before.</exception>
    public static void WriteAll(IReadOnlyList<(string Path, Action<Stream> Write)> files, Action before)
    {
        var made = new List<(string Temporary, string Target, FileKind Kind, FileStream File)>();
        try
        {
            foreach ((string path, Action<Stream> write) in files)
            {
                FileKind kind = KindOf(path, out string target);
                if (kind is FileKind.Stream)
                {
                    throw new IOException($"'{path}' is a device or a pipe, and one of several files. Give the path of a file.");
                }

                string temporary =
                    UnfinishedFiles.Beside(target)
                    ?? throw new UnauthorizedAccessException($"The folder of '{path}' takes no new file, which several files need.");
                var file = new FileStream(temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.Read);
                made.Add((temporary, target, kind, file));
                write(file);
                file.Flush(flushToDisk: true);
            }

            made.Where(m => m.Kind is not FileKind.None).ToList().ForEach(m => RefuseForbidden(m.Target));
            before();
            foreach ((string temporary, string target, FileKind kind, FileStream file) in made)
            {
                // Locked until it stands in its place, but Windows moves no open file.
                if (OperatingSystem.IsWindows())
                {
                    file.Dispose();
                }

                Replace(temporary, target, kind);
            }
        }
        finally
        {
            foreach ((string temporary, string _, FileKind _, FileStream file) in made)
            {
                try
                {
                    file.Dispose();
                }
                catch (Exception e) when (e is IOException or ArgumentOutOfRangeException)
                {
                    // There is no room for what was not written yet, and what is there has failed already.
                }

                UnfinishedFiles.Remove(temporary);
            }
        }
    }

    /// <summary>Adds a text behind what is in a file, in UTF-8.</summary>
    public static void Append(string path, string text)
    {
        using FileStream file =
            KindOf(path, out string target) is FileKind.Stream
                ? OpenStream(path)
                : new FileStream(target, FileMode.Append, FileAccess.Write, FileShare.Read);
        file.Write(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>
    /// Moves a finished file to a path, as <see cref="Write(string, Action{Stream}, bool)"/> writes one. Afterwards it is gone from where
    /// it was.
    /// </summary>
    public static void Move(string finished, string path)
    {
        FileKind kind = KindOf(path, out string target);
        if (kind is FileKind.None or FileKind.Own)
        {
            Replace(finished, target, kind);
            return;
        }

        Write(
            path,
            stream =>
            {
                using FileStream source = File.OpenRead(finished);
                source.CopyTo(stream);
            }
        );
        File.Delete(finished);
    }

    /// <summary>
    /// Tries whether the path can be written, without changing what stands there, so that a long work need not end in a refusal.
    /// </summary>
    /// <exception cref="IOException">It cannot be written: there is a folder of that name, or none for it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void RefuseUnwritable(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FileKind kind = KindOf(path, out string target);
        if (kind is FileKind.Own)
        {
            RefuseForbidden(target);
        }
        else if (kind is FileKind.Shared)
        {
            using var file = new FileStream(target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        }
        else if (kind is FileKind.None)
        {
            UnfinishedFiles.Remove(UnfinishedFiles.Beside(target)!);
        }
    }

    /// <summary>Whether text goes through the path instead of standing there: a device or a pipe.</summary>
    public static bool IsStream(string path) => KindOf(path, out _) is FileKind.Stream;

    // The content is made before the file is touched, and room for it is taken before what is there is written over: a full disk leaves
    // the file as it was.
    private static void WriteInPlace(string target, Action<Stream> write, bool flushToDisk)
    {
        using FileStream content = TemporaryFile.Create();
        write(content);
        using var file = new FileStream(target, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
        long before = file.Length;
        try
        {
            file.Position = before;
            for (byte[] room = new byte[Room]; file.Position < content.Length; )
            {
                file.Write(room, 0, (int)Math.Min(room.Length, content.Length - file.Position));
            }

            file.Flush(flushToDisk);
        }
        catch
        {
            file.SetLength(before);
            throw;
        }

        file.Position = content.Position = 0;
        content.CopyTo(file);
        file.SetLength(content.Length);
        file.Flush(flushToDisk);
    }

    // False where another process took the file for a leftover in the moment before it was locked.
    private static bool TryReplace(string temporary, string target, FileKind kind, Action<Stream> write, bool flushToDisk, bool isLast)
    {
        try
        {
            // Locked until it stands in its place, so that no other process clears it away; and shared, so that whoever reads it there may.
            // Windows moves no open file.
            using var file = new FileStream(temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.Read);
            write(file);
            if (file.CanWrite)
            {
                file.Flush(flushToDisk);
            }

            if (OperatingSystem.IsWindows())
            {
                file.Dispose();
            }

            Replace(temporary, target, kind);
            return true;
        }
        catch (FileNotFoundException) when (!isLast)
        {
            return false;
        }
    }

    private static void Replace(string finished, string target, FileKind kind)
    {
        if (kind is FileKind.Own or FileKind.Shared && File.Exists(target))
        {
            RefuseForbidden(target);
            if (!OperatingSystem.IsWindows())
            {
                UnixFiles.KeepOwner(finished, target);
                File.SetUnixFileMode(finished, File.GetUnixFileMode(target));
            }
        }

        try
        {
            File.Move(finished, target, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && File.Exists(finished) && File.Exists(target))
        {
            // What something is mounted on, or another's file in a folder that all share, is not replaced, but it can be written.
            WriteInPlace(
                target,
                stream =>
                {
                    using FileStream source = new(finished, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                    source.CopyTo(stream);
                },
                flushToDisk: true
            );
        }
    }

    // Who may not write a file may often replace it. This tells.
    private static void RefuseForbidden(string target)
    {
        try
        {
            using var file = new FileStream(target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (IOException e) when (!OperatingSystem.IsWindows() && e.GetType() == typeof(IOException))
        {
            // Somebody has it locked: another writer, for the moment in which it looks whether it is a file that was left. That keeps
            // nobody from replacing it.
        }
    }

    private static FileStream OpenStream(string path) => new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    private static FileKind KindOf(string path, out string target)
    {
        target = Path.GetFullPath(path);
        bool isDevice = IsDevice(target);
        for (int links = 0; new FileInfo(target).LinkTarget is string next; links++)
        {
            if (links == 40)
            {
                throw new IOException($"'{path}' is a link to a link, and so on without an end. Give the path of a file.");
            }

            target = Path.GetFullPath(next, WithoutLinks(Path.GetDirectoryName(target)!));
            isDevice |= IsDevice(target);
        }

        if (!File.Exists(path))
        {
            return Directory.Exists(target) ? throw new IOException($"'{path}' is a folder. Give the path of a file.")
                : isDevice ? FileKind.Stream
                : FileKind.None;
        }

        return isDevice ? FileKind.Stream
            : OperatingSystem.IsWindows() ? FileKind.Own
            : UnixKindOf(target);
    }

    // Behind a folder that is a link, ".." is another folder than the text says.
    private static string WithoutLinks(string folder)
    {
        if (Path.GetDirectoryName(folder) is not string above)
        {
            return folder;
        }

        above = WithoutLinks(above);
        string own = Path.Combine(above, Path.GetFileName(folder));
        return new DirectoryInfo(own).LinkTarget is string next ? WithoutLinks(Path.GetFullPath(next, above)) : own;
    }

    // Through /dev/stdout and the like an ordinary file may be reached, too, which the shell has open: it must go on, and not be replaced.
    private static bool IsDevice(string path) =>
        OperatingSystem.IsWindows()
            ? path.StartsWith(@"\\.\", StringComparison.Ordinal)
            : path.StartsWith("/proc/", StringComparison.Ordinal)
                || (path.StartsWith("/dev/", StringComparison.Ordinal) && !path.StartsWith("/dev/shm/", StringComparison.Ordinal));

    private static FileKind UnixKindOf(string target)
    {
        const int RegularFile = 0x8000,
            TypeBits = 0xF000;
        return UnixFiles.StatusOf(target) is not { } status ? FileKind.Shared
            : (status.Mode & TypeBits) != RegularFile ? FileKind.Stream
            : status.Links == 1 && status.Owner == UnixFiles.CurrentUser() ? FileKind.Own
            : FileKind.Shared;
    }

    private enum FileKind
    {
        // Nothing is there.
        None,

        // An ordinary file that is ours alone.
        Own,

        // An ordinary file that is not, or a file of which this cannot be told: it is written in place.
        Shared,

        // A device or pipe.
        Stream,
    }
}
