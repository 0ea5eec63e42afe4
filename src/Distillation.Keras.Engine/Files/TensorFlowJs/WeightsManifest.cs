using System.Text.Json.Nodes;
using Distillation.Keras.Files.Legacy;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Files.TensorFlowJs;

/// <summary>
/// The <c>weightsManifest</c> of a <c>model.json</c>: groups of arrays, each with the files in which they lie, one behind the other.
/// </summary>
/// <remarks>Source: <c>tfjs-core/src/io/weights_loader.ts</c> and <c>tfjs-converter/python/tensorflowjs/write_weights.py</c>.</remarks>
internal sealed class WeightsManifest
{
    private readonly Dictionary<string, StoredArray> _weights = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredArray> _state = new(StringComparer.Ordinal);
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    /// <summary>The weights of the model by their names, in the order of the manifest.</summary>
    public IReadOnlyDictionary<string, StoredArray> Weights => _weights;

    /// <summary>The state of the optimizer, likewise.</summary>
    public IReadOnlyDictionary<string, StoredArray> State => _state;

    /// <summary>How many numbers all arrays have together.</summary>
    public double Elements { get; private set; }

    /// <summary>Reads a manifest, and looks for the files that it names.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="beside">The files beside the <c>model.json</c>.</param>
    /// <exception cref="ModelFormatException">
    /// It has another form, a file is missing or leads out of the folder, or their sizes are not those of the arrays.
    /// </exception>
    public static WeightsManifest Read(JsonNode? manifest, Neighbours beside)
    {
        var read = new WeightsManifest();
        foreach (JsonObject group in Objects(manifest, "'weightsManifest'"))
        {
            read.AddGroup(group, beside);
        }

        return read;
    }

    private void AddGroup(JsonObject group, Neighbours beside)
    {
        var shards = new WeightShards();
        foreach (
            JsonNode? path in group["paths"] as JsonArray ?? throw Wrong("'paths' of a group of 'weightsManifest'", "list", group["paths"])
        )
        {
            string name = LegacyConfig.Text(path) ?? throw Wrong("A file in 'weightsManifest'", "name", path);
            if (!_paths.Add(shards.Add(beside, name)))
            {
                throw new ModelFormatException($"The manifest of the weights names the file '{name}' twice.");
            }
        }

        long length = 0;
        foreach (JsonObject entry in Objects(group["weights"], "'weights' of a group of 'weightsManifest'"))
        {
            length = Add(entry, shards, length);
        }

        if (length != shards.Length)
        {
            throw new ModelFormatException(
                Invariant(
                    $"The arrays of a group of the manifest have {length} bytes, but its files ({shards.Names}) have {shards.Length}. "
                        + $"One is cut off or belongs to another model: copy or download all of them again."
                )
            );
        }
    }

    private long Add(JsonObject entry, WeightShards shards, long start)
    {
        string name = LegacyConfig.Text(entry["name"]) is { Length: > 0 } text
            ? text
            : throw Wrong("An array's 'name'", "text", entry["name"]);
        var storage = NumberStorage.Of(entry, name);
        JsonArray sizes = entry["shape"] as JsonArray ?? throw Wrong($"The 'shape' of the array '{name}'", "list", entry["shape"]);
        long[] shape = [.. sizes.Select(s => SizeOf(s, name))];
        long end;
        try
        {
            end = checked(start + shape.Aggregate((long)storage.Size, (product, size) => checked(product * size)));
        }
        catch (OverflowException e)
        {
            throw new ModelFormatException($"The array '{name}' of the manifest has a shape of more bytes than a file can have.", e);
        }

        // Before anything is read from beyond the end.
        if (end > shards.Length)
        {
            throw new ModelFormatException(
                Invariant(
                    $"The array '{name}' of the manifest ends at byte {end} of its group, but the files of the group ({shards.Names}) have "
                        + $"{shards.Length} bytes. One is cut off or belongs to another model: copy or download all of them again."
                )
            );
        }

        Elements += (double)(end - start) / storage.Size;
        Dictionary<string, StoredArray> arrays = LegacyConfig.Text(entry["group"]) == "optimizer" ? _state : _weights;
        if (!arrays.TryAdd(name, new ManifestArray(name, shape, storage, shards, start)))
        {
            throw new ModelFormatException(
                $"Two arrays of the manifest are called '{name}', so that it is not said which one a weight gets. "
                    + "Give the layers of the model, and of the models in it, different names and save it again."
            );
        }

        return end;
    }

    private static long SizeOf(JsonNode? node, string name) =>
        node is JsonValue value && value.TryGetValue(out long size) && size >= 0
            ? size
            : throw Wrong($"A size in the 'shape' of the array '{name}'", "whole number from 0", node);

    private static IEnumerable<JsonObject> Objects(JsonNode? list, string what) =>
        (list as JsonArray ?? throw Wrong(what, "list", list)).Select(n => n as JsonObject ?? throw Wrong($"Each of {what}", "object", n));

    private static ModelFormatException Wrong(string what, string rule, JsonNode? found) =>
        new($"{what} is to be {(rule == "object" ? "an" : "a")} {rule}, but found {KerasSerializer.Shorten(found)}.");
}
