using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.Files.Hdf5;

namespace Distillation.Keras.Files;

/// <summary>Divides weights into several files of a largest size, and writes them with an index of what is in which.</summary>
/// <remarks>Source: <c>ShardedH5IOStore</c> in <c>keras/src/saving/saving_lib.py</c>.</remarks>
internal sealed class ShardedWriter
{
    private const string Vars = "vars";
    private const string Ending = ".weights.json";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly string _path;
    private readonly double _most;
    private readonly JsonObject _map = [];
    private readonly List<(string Name, Hdf5Tree Tree)> _shards = [];

    private double _size;
    private double _total;

    private ShardedWriter(string path, double most)
    {
        _path = path;
        _most = most;
        Next();
    }

    /// <summary>Writes the files.</summary>
    /// <param name="saved">The objects with weights, each with its group.</param>
    /// <param name="path">The index, <c>NAME.weights.json</c>; the files lie beside it.</param>
    /// <param name="most">The largest number of bytes of weights in a file.</param>
    /// <exception cref="ArgumentException">A weight is larger by itself; nothing was written.</exception>
    public static void Write(IEnumerable<(string Group, SavedObject Saved)> saved, string path, double most)
    {
        var writer = new ShardedWriter(path, most);
        foreach ((string group, SavedObject one) in saved)
        {
            writer.Add(one, group);
        }

        writer.Write();
    }

    private void Next()
    {
        string name = Path.GetFileName(_path)[..^Ending.Length];
        _shards.Add((Invariant($"{name}_{_shards.Count:00000}.weights.h5"), new Hdf5Tree()));
        _size = 0;
    }

    // A group is in the file in which it begins, too, where all of its weights are in the next one.
    private void Add(SavedObject saved, string path)
    {
        string group = $"{path}/{Vars}";
        _shards[^1].Tree.Group(group).Set("name", saved.Name);
        for (int i = 0; i < saved.Variables.Count; i++)
        {
            Variable variable = saved.Variables[i];
            double bytes = (double)variable.Value.numel() * variable.Value.ElementSize;
            if (bytes > _most)
            {
                throw new ArgumentException(
                    Invariant(
                        $"The weight {variable.Path} has {bytes} bytes, more than the {_most} that a file is to hold at most. Give "
                            + $"a larger max_shard_size."
                    )
                );
            }

            if (_size + bytes > _most)
            {
                Next();
            }

            _size += bytes;
            _total += bytes;
            (string file, Hdf5Tree tree) = _shards[^1];
            tree.Group(group).Add(Invariant($"{i}"), () => variable.Value);
            Note(group, file);
        }

        foreach (SavedObject part in saved.Parts)
        {
            Add(part, $"{path}/{part.Group}");
        }
    }

    private void Note(string group, string file)
    {
        if (_map[group] is not JsonArray files)
        {
            _map[group] = files = [];
        }

        if (files.Count == 0 || files[^1]!.GetValue<string>() != file)
        {
            files.Add(file);
        }
    }

    // Each is there as a whole before the first one takes its place, the index last.
    private void Write()
    {
        var index = new JsonObject
        {
            ["metadata"] = new JsonObject { ["total_size"] = _total },
            ["weight_map"] = _map,
        };
        SafeFile.Write(
            _path,
            stream =>
            {
                stream.Write(Encoding.UTF8.GetBytes(index.ToJsonString(Indented)));
                stream.Flush();
                WriteShard(0);
            },
            flushToDisk: true
        );
    }

    private void WriteShard(int number)
    {
        if (number == _shards.Count)
        {
            return;
        }

        (string name, Hdf5Tree tree) = _shards[number];
        SafeFile.Write(
            Path.Combine(Path.GetDirectoryName(Path.GetFullPath(_path))!, name),
            stream =>
            {
                using (Stream content = ModelWriter.Hdf5(tree))
                {
                    content.Position = 0;
                    content.CopyTo(stream);
                }

                stream.Flush();
                WriteShard(number + 1);
            },
            flushToDisk: true
        );
    }
}
