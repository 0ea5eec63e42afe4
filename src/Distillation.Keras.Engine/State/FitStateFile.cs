using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Distillation.Keras.State;

/// <summary>
/// The state of a fit as a file: a mark, the SHA-256 of what follows, the length of an index in JSON, that index (name, type and sizes of
/// each array), and the arrays one behind the other.
/// </summary>
internal static class FitStateFile
{
    private static readonly byte[] Mark = "DKFIT001"u8.ToArray();

    /// <summary>Writes a state.</summary>
    public static void Write(Stream stream, FitState state)
    {
        KeyValuePair<string, StateArray>[] values = [.. state.Values.OrderBy(v => v.Key, StringComparer.Ordinal)];
        byte[] index = Encoding.UTF8.GetBytes(new JsonArray([.. values.Select(Entry)]).ToJsonString());
        byte[] length = BitConverter.GetBytes((long)index.Length);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Each(values, length, index, bytes => hash.AppendData(bytes));
        stream.Write(Mark);
        stream.Write(hash.GetHashAndReset());
        Each(values, length, index, stream.Write);
    }

    /// <summary>Reads a state.</summary>
    /// <exception cref="InvalidDataException">It is no such file, or it is damaged.</exception>
    public static FitState Read(string path)
    {
        byte[] all = File.ReadAllBytes(path);
        int head = Mark.Length + SHA256.HashSizeInBytes;
        if (all.Length < head + sizeof(long) || !all.AsSpan(0, Mark.Length).SequenceEqual(Mark))
        {
            throw new InvalidDataException($"'{path}' is no state of a fit.");
        }

        if (!SHA256.HashData(all.AsSpan(head)).AsSpan().SequenceEqual(all.AsSpan(Mark.Length, SHA256.HashSizeInBytes)))
        {
            throw new InvalidDataException($"'{path}' is damaged: its content is not what was written.");
        }

        try
        {
            int length = checked((int)BitConverter.ToInt64(all, head));
            ReadOnlySpan<byte> rest = all.AsSpan(head + sizeof(long));
            JsonArray index = JsonNode.Parse(rest[..length])!.AsArray();
            rest = rest[length..];
            var values = new Dictionary<string, StateArray>(StringComparer.Ordinal);
            foreach (JsonNode? entry in index)
            {
                ScalarType type = Enum.Parse<ScalarType>(entry!["type"]!.GetValue<string>());
                long[] sizes = [.. entry["sizes"]!.AsArray().Select(s => s!.GetValue<long>())];
                int bytes = checked((int)sizes.Aggregate(StateArray.SizeOf(type), (a, b) => checked(a * b)));
                values.Add(entry["name"]!.GetValue<string>(), new StateArray(type, sizes, rest[..bytes]));
                rest = rest[bytes..];
            }

            return new FitState(values);
        }
        catch (Exception e)
            when (e
                    is JsonException
                        or ArgumentException
                        or InvalidOperationException
                        or OverflowException
                        or FormatException
                        or NullReferenceException
            )
        {
            throw new InvalidDataException($"'{path}' holds no state of a fit: {e.Message}", e);
        }
    }

    private static JsonObject Entry(KeyValuePair<string, StateArray> value) =>
        new()
        {
            ["name"] = value.Key,
            ["type"] = value.Value.ElementType.ToString(),
            ["sizes"] = new JsonArray([.. value.Value.Sizes.Select(s => (JsonNode)s)]),
        };

    private static void Each(
        IEnumerable<KeyValuePair<string, StateArray>> values,
        ReadOnlySpan<byte> length,
        ReadOnlySpan<byte> index,
        TakeBytes take
    )
    {
        take(length);
        take(index);
        foreach ((_, StateArray array) in values)
        {
            take(array.Bytes);
        }
    }

    private delegate void TakeBytes(ReadOnlySpan<byte> bytes);
}
