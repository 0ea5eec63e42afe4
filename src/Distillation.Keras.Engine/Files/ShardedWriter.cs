using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.Files.Hdf5;
using Distillation.Keras.Saving;

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
    /// <param name="overwrite">Whether files that are there are replaced.</param>
    /// <exception cref="IOException">One is there, and is not to be replaced.</exception>
    /// <exception cref="ArgumentException">A weight is larger by itself; nothing was written.</exception>
    public static void Write(IEnumerable<(string Group, SavedObject Saved)> saved, string path, double most, bool overwrite)
    {
        var writer = new ShardedWriter(path, most);
        foreach ((string group, SavedObject one) in saved)
        {
            writer.Add(one, group);
        }

        writer.Write(overwrite);
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
            tree.Group(group).Add(Invariant($"{i}"), () => saved.Layer?.StoredValue(variable) ?? variable.Value);
            Note(group, file);
        }

        foreach (SavedObject part in saved.Parts)
        {
            Add(part, $"{path}/{part.Group}");
        }
    }

    // One weight has its file alone, several have a list of those that they are in.
    private void Note(string group, string file)
    {
        switch (_map[group])
        {
            case null:
                _map[group] = file;
                break;
            case JsonArray files when files[^1]!.GetValue<string>() != file:
                files.Add(file);
                break;
            case JsonValue first:
                string before = first.GetValue<string>();
                _map[group] = before == file ? new JsonArray(file) : new JsonArray(before, file);
                break;
        }
    }

    // All are on the disk before the first one takes its place. Before that the old index goes: files of two savings under one index would
    // load without complaint.
    private void Write(bool overwrite)
    {
        if (!overwrite && _shards.Select(s => Beside(s.Name)).FirstOrDefault(File.Exists) is string there)
        {
            throw new IOException($"'{there}' is there already, and is not to be replaced: overwrite is false.");
        }

        var index = new JsonObject
        {
            ["metadata"] = new JsonObject { ["total_size"] = ConfigWriter.Real(_total) },
            ["weight_map"] = _map,
        };
        SafeFile.WriteAll(
            [
                .. _shards.Select(s => (Beside(s.Name), (Action<Stream>)(stream => ModelWriter.Write(s.Tree, stream)))),
                (_path, stream => stream.Write(Encoding.UTF8.GetBytes(index.ToJsonString(Indented)))),
            ],
            before: () =>
            {
                if (new FileInfo(_path).LinkTarget is null)
                {
                    File.Delete(_path);
                }
            }
        );
    }

    private string Beside(string name) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(_path))!, name);
}
