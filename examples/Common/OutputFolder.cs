using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Examples.Common;

/// <summary>
/// Where an example writes. Each file is written under a temporary name and moved into place, so that no file is ever there in part.
/// </summary>
public sealed class OutputFolder
{
    private const string Suffix = ".unfinished";

    private readonly string _folder;

    /// <summary>Makes the folder and tries to write there, so that what cannot be written shows before the training and not after it.</summary>
    /// <param name="folder">Its path. What a run that was killed left unfinished there is removed.</param>
    /// <param name="bytes">About how much will be written.</param>
    /// <exception cref="IOException">It cannot be made, or there is no room.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made or written.</exception>
    public OutputFolder(string folder, long bytes)
    {
        _folder = Path.GetFullPath(folder);
        Directory.CreateDirectory(_folder);
        RemoveUnfinished();
        Try(bytes);
    }

    /// <summary>The full path of a file there.</summary>
    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>Writes a file. A link is followed, and a file keeps its permissions.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="write">Writes it to the stream that it is given.</param>
    public void Put(string name, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        string temporary = Temporary(name);
        string target = PathOf(name);
        if (new FileInfo(target).LinkTarget is not null)
        {
            target = File.ResolveLinkTarget(target, returnFinalTarget: true)!.FullName;
        }

        try
        {
            using (FileStream file = File.Create(temporary))
            {
                write(file);
            }

            if (File.Exists(target) && !OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(temporary, File.GetUnixFileMode(target));
            }

            File.Move(temporary, target, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Writes a text.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="text">The text.</param>
    public void Put(string name, string text) => Put(name, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Tries whether a file can be written there, without changing it.</summary>
    /// <exception cref="IOException">A folder has its name.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void RefuseUnwritable(string name)
    {
        string path = PathOf(name);
        if (Directory.Exists(path))
        {
            throw new IOException($"{path} is to be written as a file, but is a folder. Give another --out, or move it away.");
        }

        if (File.Exists(path))
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        }
    }

    private static bool IsRunning(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return id != Environment.ProcessId;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    // The process is in the name: what is left of one that is gone will never be finished.
    private string Temporary(string name) => PathOf(string.Create(CultureInfo.InvariantCulture, $".{name}.{Environment.ProcessId}{Suffix}"));

    private void RemoveUnfinished()
    {
        foreach (string path in Directory.EnumerateFiles(_folder, ".*" + Suffix))
        {
            string process = path[..^Suffix.Length].Split('.')[^1];
            if (int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out int id) && !IsRunning(id))
            {
                File.Delete(path);
            }
        }
    }

    // Not by its length alone: that would reserve no room.
    private void Try(long bytes)
    {
        string trial = Temporary("trial");
        try
        {
            using FileStream file = File.Create(trial);
            byte[] block = new byte[1 << 16];
            for (long left = bytes; left > 0; left -= block.Length)
            {
                file.Write(block, 0, (int)Math.Min(left, block.Length));
            }

            file.Flush(flushToDisk: true);
        }
        finally
        {
            File.Delete(trial);
        }
    }
}
