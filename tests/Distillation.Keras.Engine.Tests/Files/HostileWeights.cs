using System.Text.Json.Nodes;
using Distillation.Keras.Files.Hdf5;
using Distillation.Keras.Files.Legacy;

namespace Distillation.Keras.Engine.Tests.Files;

/// <summary>Weights that ask for more than there is or lead elsewhere: HDF5, shards, models of TensorFlow.js.</summary>
internal static class HostileWeights
{
    private const string Huge = "2147483647";

    /// <summary>Files of HDF5 by what is wrong with them.</summary>
    public static IEnumerable<(string Name, byte[] Bytes)> Hdf5()
    {
        yield return ("repeated_text.weights.h5", RepeatedText());
        yield return ("deep_groups.weights.h5", Written(tree => tree.Group(string.Join('/', Enumerable.Repeat("g", 900))).Group("vars")));
        yield return (
            "many_groups.weights.h5",
            Written(tree =>
            {
                for (int i = 0; i < 20_000; i++)
                {
                    tree.Group($"g{i}");
                }

                tree.Group("vars");
            })
        );
        yield return (
            "many_layers.weights.h5",
            Written(tree => LegacyGroups.SetList(tree, "layer_names", [.. Enumerable.Repeat("layer", 100_000)]))
        );
        yield return (
            "many_names.weights.h5",
            Written(tree =>
            {
                LegacyGroups.SetList(tree, "layer_names", ["first", "second"]);
                LegacyGroups.SetList(tree.Group("first"), "weight_names", [.. Enumerable.Repeat("kernel", 100_000)]);
                tree.Group("second");
            })
        );
        byte[] sound = ModelFixtures.OddBytes("_base.weights.h5");
        foreach (int length in (int[])[8, 96, 600, sound.Length / 2, sound.Length - 1])
        {
            yield return ($"cut_at_{length}.weights.h5", sound[..length]);
        }
    }

    /// <summary>Indexes of shards, which lie beside sound shards.</summary>
    public static IEnumerable<(string Name, string Text)> Indexes()
    {
        const string Shard = "sharded_00000.weights.h5";
        yield return ("no_map", "{\"metadata\": {}}");
        yield return ("list", "{\"weight_map\": [1, 2]}");
        yield return ("above", Map("/layers/dense/vars", "../" + Shard));
        yield return ("absolute", Map("/layers/dense/vars", "/etc/passwd"));
        yield return ("backslash", Map("/layers/dense/vars", "..\\" + Shard));
        yield return ("itself", Map("/layers/dense/vars", "itself.weights.json"));
        yield return ("folder", Map("/layers/dense/vars", "folder"));
        yield return ("no_file", Map("/layers/dense/vars", "none.weights.h5"));
        yield return ("nothing", Map("/layers/dense/vars", ""));
        yield return ("number", "{\"weight_map\": {\"/layers/dense/vars\": 1}}");
        yield return ("one_of_three", Map("/layers/dense/vars", Shard));
        yield return ("deep_path", Map(string.Concat(Enumerable.Repeat("/layers", 200_000)), Shard));
        yield return ("deep_list", "{\"weight_map\": {\"/\": " + new string('[', 100_000));
        yield return (
            "many_paths",
            "{\"weight_map\": {"
                + string.Join(',', Enumerable.Range(0, 300_000).Select(i => $"\"{new string('/', i % 9)}{i}\": \"{Shard}\""))
                + "}}"
        );
        yield return (
            "many_files",
            "{\"weight_map\": {\"/layers\": [" + string.Join(',', Enumerable.Repeat($"\"{Shard}\"", 900_000)) + "]}}"
        );
        yield return ("spaces", "{" + new string(' ', 1 << 26) + Map("/", Shard)[1..]);
    }

    /// <summary>Changes of a <c>model.json</c> of TensorFlow.js.</summary>
    public static IEnumerable<(string Name, Action<JsonObject> Change)> TensorFlowJs()
    {
        yield return ("shape", json => Entry(json)["shape"] = JsonNode.Parse($"[{Huge}, {Huge}]"));
        yield return ("zeros", json => Entry(json)["shape"] = JsonNode.Parse($"[0, {Huge}]"));
        yield return (
            "entries",
            json =>
                json["weightsManifest"]![0]!["weights"] = new JsonArray([
                    .. Enumerable
                        .Range(0, 200_000)
                        .Select(i => JsonNode.Parse($$"""{"name": "w{{i}}", "shape": [0], "dtype": "float32"}""")),
                ])
        );
        yield return (
            "paths",
            json =>
                json["weightsManifest"]![0]!["paths"] = new JsonArray([
                    .. Enumerable.Repeat("weights.bin", 400_000).Select(p => (JsonNode)p),
                ])
        );
        yield return ("above", json => json["weightsManifest"]![0]!["paths"]![0] = "../../weights.bin");
        yield return (
            "groups",
            json => json["weightsManifest"] = new JsonArray([.. Enumerable.Range(0, 300_000).Select(_ => (JsonNode)new JsonObject())])
        );
        yield return ("units", json => json["modelTopology"]!["config"]!["layers"]![0]!["config"]!["units"] = int.MaxValue);
    }

    private static JsonNode Entry(JsonObject json) => json["weightsManifest"]![0]!["weights"]![0]!;

    private static string Map(string group, string file) =>
        new JsonObject { ["weight_map"] = new JsonObject { [group] = new JsonArray(file) } }.ToJsonString();

    // Four thousand names, each of which is the same text of four megabytes.
    private static byte[] RepeatedText()
    {
        const int Length = 1 << 22;
        const int Count = 4000;
        string[] names = [new string('n', Length), .. Enumerable.Range(0, Count - 1).Select(i => $"{i:0000}")];
        byte[] bytes = Written(tree => tree.Set("layer_names", names));
        byte[] size = BitConverter.GetBytes(Length);
        for (int at = 0; at < bytes.Length - (16 * Count); at++)
        {
            // A Length of four bytes, an address and a number; the next one is of four letters.
            if (
                bytes.AsSpan(at, 4).SequenceEqual(size)
                && BitConverter.ToInt32(bytes, at + 16) == 4
                && BitConverter.ToInt32(bytes, at + 32) == 4
            )
            {
                for (int i = 1; i < Count; i++)
                {
                    Array.Copy(bytes, at, bytes, at + (16 * i), 16);
                }

                WithChecksum(bytes, bytes.AsSpan(0, at).LastIndexOf("OHDR"u8));
                return bytes;
            }
        }

        throw new InvalidDataException("The list of names was not found.");
    }

    // Of an object header: its flags say how long what stands before it is, and how many bytes its size has.
    private static void WithChecksum(byte[] bytes, int header)
    {
        byte flags = bytes[header + 5];
        int sizeAt = header + 6 + ((flags & 0x20) != 0 ? 16 : 0) + ((flags & 0x10) != 0 ? 4 : 0);
        int sizeBytes = 1 << (flags & 3);
        int size = 0;
        for (int i = sizeBytes - 1; i >= 0; i--)
        {
            size = (size << 8) | bytes[sizeAt + i];
        }

        int end = sizeAt + sizeBytes + size;
        BitConverter.TryWriteBytes(bytes.AsSpan(end), Hdf5Checksum.Of(bytes.AsSpan(header, end - header)));
    }

    private static byte[] Written(Action<Hdf5Tree> fill)
    {
        var tree = new Hdf5Tree();
        fill(tree);
        using var stream = new MemoryStream();
        Hdf5Writer.Write(stream, tree);
        return stream.ToArray();
    }
}
