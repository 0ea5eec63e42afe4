using System.Security.Cryptography;

namespace Distillation.Keras.Backend;

/// <summary>
/// The per-user cache of corrected native libraries: <c>ROOT/SHA256-OF-THE-ORIGINAL/NAME</c>. Safe for many threads and processes
/// at once: a lock file lets one of them write while the others wait, and a file appears under its name only when it is whole.
/// </summary>
/// <param name="root">The cache's root folder; it is made when it is needed.</param>
/// <param name="lockTimeout">How long to wait for another process that is writing; null means 30 seconds.</param>
internal sealed class CorrectedCopyCache(string root, TimeSpan? lockTimeout = null)
{
    private const string LockName = ".lock";
    private const string UnfinishedSuffix = ".tmp";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>The user's cache folder of this library: under <c>XDG_CACHE_HOME</c>, else <c>~/.cache</c>.</summary>
    /// <returns>A full path, or null where the user has neither (a service account without a home).</returns>
    /// <remarks>Source: XDG Base Directory Specification, which says that a relative path is to be ignored.</remarks>
    public static string? DefaultRoot()
    {
        string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (string.IsNullOrEmpty(cache) || !Path.IsPathFullyQualified(cache))
        {
            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
            if (!Path.IsPathFullyQualified(home))
            {
                return null;
            }

            cache = Path.Combine(home, ".cache");
        }
        return Path.Combine(cache, "distillation-keras", "native");
    }

    /// <summary>Returns a file with the corrected content, from the cache where it can be had from there.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="original">The content of the original, which names the entry of the cache.</param>
    /// <param name="corrected">The content that the file must have.</param>
    /// <returns>The file. A <see cref="CorrectedCopyOrigin.Temporary"/> one has its folder to itself; the caller deletes both.</returns>
    /// <exception cref="IOException">Neither the cache nor the temporary folder can be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Neither the cache nor the temporary folder can be written.</exception>
    public CorrectedCopy GetOrAdd(string name, ReadOnlySpan<byte> original, ReadOnlySpan<byte> corrected)
    {
        string folder = Path.Combine(root, Convert.ToHexString(SHA256.HashData(original)));
        string path = Path.Combine(folder, name);
        // The usual case takes no lock and works in a cache that somebody filled and then made read-only.
        if (HasContent(path, corrected))
        {
            return new(path, CorrectedCopyOrigin.Reused);
        }

        try
        {
            return Add(folder, path, corrected);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return WriteTemporary(name, corrected, $"The cache folder '{folder}' cannot be used: {e.Message}");
        }
    }

    /// <summary>Writes the corrected content into a new temporary folder that only this user can enter.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="corrected">The content.</param>
    /// <param name="reason">Why the cache is not used.</param>
    /// <returns>The file, which has its folder to itself; the caller deletes both.</returns>
    public static CorrectedCopy WriteTemporary(string name, ReadOnlySpan<byte> corrected, string reason)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("distillation-keras-").FullName, name);
        WriteWhole(path, corrected);
        return new(path, CorrectedCopyOrigin.Temporary, reason);
    }

    /// <summary>Deletes a temporary copy and its folder. A library that is loaded stays loaded without its file.</summary>
    /// <param name="copy">What <see cref="WriteTemporary"/> returned.</param>
    public static void DeleteTemporary(CorrectedCopy copy)
    {
        try
        {
            Directory.Delete(Path.GetDirectoryName(copy.Path)!, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A file too many in the temporary folder, which the system clears, is no reason to fail a load that worked.
        }
    }

    private CorrectedCopy Add(string folder, string path, ReadOnlySpan<byte> corrected)
    {
        CreateForOwner(folder);
        using FileStream held = Lock(folder);
        // Another process may have been here while this one waited.
        if (HasContent(path, corrected))
        {
            return new(path, CorrectedCopyOrigin.Reused);
        }

        foreach (string unfinished in Directory.EnumerateFiles(folder, "*" + UnfinishedSuffix))
        {
            File.Delete(unfinished);
        }

        CorrectedCopyOrigin origin = Path.Exists(path) ? CorrectedCopyOrigin.Replaced : CorrectedCopyOrigin.Written;
        WriteWhole(path, corrected);
        return new(path, origin);
    }

    // Under another name first, then renamed: whoever opens the path sees no file, the old one or the new one, never a part.
    private static void WriteWhole(string path, ReadOnlySpan<byte> content)
    {
        string unfinished = $"{path}.{Guid.NewGuid():N}{UnfinishedSuffix}";
        try
        {
            using (var file = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }
            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    // Compared byte by byte: a cut, damaged or foreign file differs, whatever its date and name say.
    private static bool HasContent(string path, ReadOnlySpan<byte> content)
    {
        try
        {
            return File.Exists(path) && new FileInfo(path).Length == content.Length && content.SequenceEqual(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Unreadable is as good as foreign: the caller replaces it, or passes over the cache.
            return false;
        }
    }

    private FileStream Lock(string folder)
    {
        DateTime end = DateTime.UtcNow + (lockTimeout ?? TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (IsHeldByAnother(e) && DateTime.UtcNow < end)
            {
                Thread.Sleep(RetryInterval);
            }
        }
    }

    // Only this goes away by waiting; a full disk or a read-only one does not. The runtime gives the system's own code: EAGAIN of
    // Linux and of macOS, ERROR_SHARING_VIOLATION of Windows.
    private static bool IsHeldByAnother(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);

    private static void CreateForOwner(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerOnly);
        }
    }
}
