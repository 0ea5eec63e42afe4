using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Distillation.Keras.Backend;

/// <summary>Files that are being written and then take the place of others.</summary>
internal static class UnfinishedFiles
{
    private const string Unfinished = ".unfinished";

    // How many characters a Guid has here.
    private const int Guids = 32;

    // What file systems take for a name, less what a temporary one has beside it.
    private const int LongestName = 200;

    // What this process writes at this moment is no leftover, also where it is not locked yet or not locked any more.
    private static readonly ConcurrentDictionary<string, bool> Writing = new(StringComparer.Ordinal);

    /// <summary>
    /// A file of its own beside another one, for only within one file system a move is atomic; <see langword="null"/> where the folder
    /// takes none. What others left there and nobody writes any more is cleared away.
    /// </summary>
    public static string? Beside(string target)
    {
        string folder = Path.GetDirectoryName(target)!;
        string name = Shortened(Path.GetFileName(target));
        string own = Path.Combine(folder, $".{name}.{Guid.NewGuid():N}{Unfinished}");
        Writing[own] = true;
        try
        {
            foreach (
                string left in Directory
                    .EnumerateFiles(folder, $".*{Unfinished}")
                    .Where(f => IsLeftOf(name, Path.GetFileName(f)) && !Writing.ContainsKey(f))
            )
            {
                DeleteUnlessInUse(left);
            }

            File.Create(own).Dispose();
            return own;
        }
        catch (UnauthorizedAccessException) when (File.Exists(target))
        {
            Writing.TryRemove(own, out _);
            return null;
        }
        catch
        {
            Writing.TryRemove(own, out _);
            throw;
        }
    }

    /// <summary>A free name beside such a file, under which what a killed process leaves is cleared away with it.</summary>
    public static string NameLike(string own)
    {
        string name = Path.GetFileName(own);
        string begin = name.EndsWith(Unfinished, StringComparison.Ordinal) ? name[..^(Unfinished.Length + Guids)] : $".{Shortened(name)}.";
        return Path.Combine(Path.GetDirectoryName(own)!, $"{begin}{Guid.NewGuid():N}{Unfinished}");
    }

    private static string Shortened(string name)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        return bytes.Length <= LongestName ? name : Convert.ToHexString(SHA256.HashData(bytes));
    }

    private static bool IsLeftOf(string name, string file) =>
        file.Length == name.Length + 2 + Guids + Unfinished.Length
        && file.StartsWith($".{name}.", StringComparison.Ordinal)
        && Guid.TryParseExact(file.AsSpan(name.Length + 2, Guids), "N", out _);

    private static void DeleteUnlessInUse(string path)
    {
        try
        {
            using var left = new FileStream(
                path,
                FileMode.Open,
                FileAccess.ReadWrite,
                FileShare.None,
                bufferSize: 0,
                FileOptions.DeleteOnClose
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody is writing it, or has just finished.
        }
    }

    /// <summary>Deletes one, if it is still there.</summary>
    public static void Remove(string temporary)
    {
        File.Delete(temporary);
        Writing.TryRemove(temporary, out _);
    }
}
