using System.Security.Cryptography;
using Distillation.Keras.Backend;

namespace Distillation.Keras;

/// <summary>
/// Downloads one file, compares its hash, and puts it into place whole or not at all. Thread-safe;
/// several processes may do the same at once.
/// </summary>
/// <param name="patience">The longest wait for a connection, for the answer, and for each further piece of it.</param>
internal sealed class DatasetDownloader(TimeSpan patience)
{
    private const int Chunk = 1 << 16;

    public DatasetDownloader()
        : this(TimeSpan.FromSeconds(60)) { }

    /// <summary>The SHA-256 of a file, as lower-case hexadecimal digits.</summary>
    public static string HashOf(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, Chunk, FileOptions.SequentialScan);
        return Convert.ToHexString(SHA256.HashData(file)).ToLowerInvariant();
    }

    /// <summary>Downloads <paramref name="address"/> to <paramref name="path"/>, over what is there.</summary>
    /// <exception cref="HttpRequestException">The server cannot be reached, or does not give the file.</exception>
    /// <exception cref="TimeoutException">It was silent for too long.</exception>
    /// <exception cref="IOException">The answer broke off, or the file cannot be written.</exception>
    /// <exception cref="InvalidDataException">The file has another hash. It is deleted.</exception>
    public async Task DownloadAsync(Uri address, string path, string sha256, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // In the same folder, for only within one file system a move is atomic; and its own name, for another process may be at the same.
        string part = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            string found = await FetchAsync(address, part, cancellation).ConfigureAwait(false);
            if (!found.Equals(sha256, StringComparison.OrdinalIgnoreCase))
            {
                throw new InvalidDataException(
                    $"The file downloaded from {address} was deleted, because its SHA-256 is not the expected one. "
                        + $"Expected {sha256.ToLowerInvariant()}, found {found}. "
                        + "It was damaged or exchanged on its way: try again. "
                        + "Where the address holds another file on purpose, give that file's hash (sha256)."
                );
            }

            SafeFile.Move(part, path);
        }
        finally
        {
            File.Delete(part);
        }
    }

    private async Task<string> FetchAsync(Uri address, string path, CancellationToken cancellation)
    {
        using var handler = new SocketsHttpHandler { ConnectTimeout = patience };
        using var client = new HttpClient(handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        using var stalled = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            // One limit for the whole would forbid slow lines; so each step has its own.
            stalled.CancelAfter(patience);
            using HttpResponseMessage response = await client
                .GetAsync(address, HttpCompletionOption.ResponseHeadersRead, stalled.Token)
                .ConfigureAwait(false);
            response.EnsureSuccessStatusCode();
            using Stream content = await response.Content.ReadAsStreamAsync(stalled.Token).ConfigureAwait(false);
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, Chunk, FileOptions.Asynchronous);
            byte[] buffer = new byte[Chunk];
            int read;
            while ((read = await content.ReadAsync(buffer, stalled.Token).ConfigureAwait(false)) > 0)
            {
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
                stalled.CancelAfter(patience);
            }
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException(Invariant($"{address} gave nothing for {patience.TotalSeconds:0.#} seconds."), e);
        }

        return Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();
    }
}
