using System.Text.Json.Nodes;
using Distillation.Keras.Files.Hdf5;
using Distillation.Keras.Files.Legacy;

namespace Distillation.Keras.Files;

/// <summary>Weights in several files, <c>NAME_00000.weights.h5</c>, and one that says what is in which, <c>NAME.weights.json</c>.</summary>
/// <remarks>Source: <c>ShardedH5IOStore</c> in <c>keras/src/saving/saving_lib.py</c>.</remarks>
internal sealed class ShardedWeights : IDisposable
{
    private readonly Dictionary<string, (FileStream File, Hdf5Group Root)> _shards = new(StringComparer.Ordinal);

    private ShardedWeights(JsonObject map, Neighbours beside)
    {
        try
        {
            Root = Joined(map, beside);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>All of them as one file.</summary>
    public Hdf5Group Root { get; }

    /// <summary>Opens the files that an index names.</summary>
    /// <param name="index">The index.</param>
    /// <param name="beside">The files beside it.</param>
    public static ShardedWeights Open(JsonObject index, Neighbours beside) =>
        index["weight_map"] is JsonObject map
            ? new ShardedWeights(map, beside)
            : throw new ModelFormatException(
                "It is JSON, but holds no weights: neither the index of sharded ones, with a 'weight_map', nor a model of TensorFlow.js, "
                    + "with a 'weightsManifest'."
            );

    public void Dispose()
    {
        foreach ((FileStream file, Hdf5Group _) in _shards.Values)
        {
            file.Dispose();
        }
    }

    private Hdf5Group Joined(JsonObject map, Neighbours beside)
    {
        var tree = new Node();
        foreach ((string path, JsonNode? files) in map)
        {
            Node node = tree;
            string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
            foreach (string name in names)
            {
                node = node.Below.TryGetValue(name, out Node? known) ? known : node.Below[name] = new Node();
            }

            foreach (JsonNode? file in files as JsonArray ?? [files?.DeepClone()])
            {
                Hdf5Group? group = Shard(beside, LegacyConfig.Text(file) ?? throw Misfit(path));
                foreach (string name in names)
                {
                    group = group?.Group(name);
                }

                foreach ((string name, Hdf5Object stored) in group?.Children ?? throw Misfit(path))
                {
                    node.Stored[name] = stored;
                }
            }
        }

        return tree.Group("/");
    }

    private Hdf5Group Shard(Neighbours beside, string name)
    {
        if (_shards.TryGetValue(name, out (FileStream, Hdf5Group Root) known))
        {
            return known.Root;
        }

        if (name != Path.GetFileName(name) || name is "" or "." or ".." || name.Contains('\\', StringComparison.Ordinal))
        {
            throw new ModelFormatException($"The index of sharded weights names '{name}', which is no file beside it.");
        }

        string path = beside.Find([name], name, "The index of sharded weights");
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            Hdf5Group root = Hdf5File.Read(file);
            _shards[name] = (file, root);
            return root;
        }
        catch (ModelFormatException e)
        {
            file.Dispose();
            throw new ModelFormatException($"The shard '{name}': {e.Message}", e);
        }
    }

    private static ModelFormatException Misfit(string path) =>
        new($"The index of sharded weights does not fit its files: none of those that it names has the group '{path}'.");

    private sealed class Node
    {
        public Dictionary<string, Node> Below { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, Hdf5Object> Stored { get; } = new(StringComparer.Ordinal);

        public Hdf5Group Group(string path)
        {
            foreach ((string name, Node node) in Below)
            {
                Stored[name] = node.Group($"{path.TrimEnd('/')}/{name}");
            }

            return new Hdf5Group(path, new Dictionary<string, Hdf5Attribute>(StringComparer.Ordinal), Stored);
        }
    }
}
