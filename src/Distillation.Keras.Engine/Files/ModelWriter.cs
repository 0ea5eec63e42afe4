using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.Files.Hdf5;
using Distillation.Keras.Files.Legacy;
using Distillation.Keras.Files.TfKeras;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Files;

/// <summary>Writes models as Keras 3.15.1 does.</summary>
internal static class ModelWriter
{
    /// <summary>The version of Keras whose files these are.</summary>
    public const string Version = "3.15.1";

    /// <summary>The version of tf.keras whose files those of its form are.</summary>
    public const string TfKerasVersion = "2.15.0";

    private const string BackendName = "tensorflow";

    // Read and written by its owner alone, in the upper half, as Python's zipfile writes members that are given as bytes.
    private const int OwnersFile = 0x180 << 16;

    /// <summary>Writes a <c>.keras</c>.</summary>
    public static void Archive(Model model, string path)
    {
        string config = Config(model);
        var metadata = new JsonObject
        {
            ["keras_version"] = Version,
            ["date_saved"] = DateTime.Now.ToString("yyyy-MM-dd@HH:mm:ss", CultureInfo.InvariantCulture),
        };
        Hdf5Tree groups = Groups(model);
        IReadOnlyList<(string Path, string Text)> vocabularies = Vocabularies.Of(model);
        SafeFile.Write(
            path,
            file =>
            {
                using Stream weights = Hdf5(groups, file);
                using var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true);
                Add(zip, KerasArchive.Metadata, new MemoryStream(Encoding.UTF8.GetBytes(metadata.ToJsonString())));
                Add(zip, KerasArchive.Config, new MemoryStream(Encoding.UTF8.GetBytes(config)));
                Add(zip, KerasArchive.Weights, weights);
                foreach ((string name, string text) in vocabularies)
                {
                    Add(zip, name, new MemoryStream(Encoding.UTF8.GetBytes(text)));
                }
            },
            flushToDisk: true
        );
    }

    private static string Config(Model model)
    {
        using IDisposable numbers = SharedObjects.Writing();
        return KerasSerializer.Serialize(model).ToJsonString();
    }

    /// <summary>Writes a whole-model <c>.h5</c>.</summary>
    public static void WholeHdf5(Model model, string path)
    {
        Vocabularies.RefuseHdf5(model);
        var root = new Hdf5Tree();
        root.Set("keras_version", Version);
        root.Set("backend", BackendName);
        root.Set("model_config", LegacyForm.Model(KerasSerializer.Serialize(model)).ToJsonString());
        LegacyGroups.Layers(root.Group("model_weights"), model, BackendName, Version, v => v.Path);
        if (model.OptimizerOrNull is Optimizer optimizer)
        {
            root.Set("training_config", LegacyForm.Training(model.GetCompileConfig()!).ToJsonString());

            Dictionary<Variable, string> names = StateNames(optimizer);
            LegacyGroups.Listed(root.Group("optimizer_weights"), optimizer.Variables, v => names[v]);
        }

        Write(root, path);
    }

    // A number that is named alone is below the optimizer here. Adafactor has several slots of one name, of which Keras writes none; they
    // are read by their order.
    private static Dictionary<Variable, string> StateNames(Optimizer optimizer)
    {
        var names = new Dictionary<Variable, string>(ReferenceEqualityComparer.Instance);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (Variable variable in optimizer.Variables)
        {
            string path = variable.Path.Contains('/', StringComparison.Ordinal) ? variable.Path : $"{optimizer.Name}/{variable.Path}";
            string free = path;
            for (int i = 1; !taken.Add(free); i++)
            {
                free = Invariant($"{path}_{i}");
            }

            names[variable] = free;
        }

        return names;
    }

    /// <summary>Writes a whole-model <c>.h5</c> as tf.keras 2.15 does.</summary>
    public static void TfKerasHdf5(Model model, string path)
    {
        Vocabularies.RefuseHdf5(model);
        var root = new Hdf5Tree();
        root.Set("keras_version", TfKerasVersion);
        root.Set("backend", BackendName);
        root.Set("model_config", TfKerasConfig.Model(KerasSerializer.Serialize(model)).ToJsonString());
        var weights = new TfKerasWeights();
        weights.Layers(root.Group("model_weights"), model, BackendName, TfKerasVersion);
        if (model.OptimizerOrNull is Optimizer optimizer)
        {
            root.Set(
                "training_config",
                TfKerasCompile.Training(model.GetCompileConfig()!, optimizer, model.HasGraph ? model.Signature.Outputs : []).ToJsonString()
            );
            weights.State(root.Group("optimizer_weights"), optimizer);
        }

        Write(root, path);
    }

    /// <summary>Writes the weights alone, with the state of the optimizer, as <c>.weights.h5</c>.</summary>
    public static void Weights(Model model, string path) => Write(Groups(model), path);

    /// <summary>Writes them into several files of a largest size, with an index, <c>.weights.json</c>.</summary>
    public static void Shards(Model model, string path, double bytes, bool overwrite) =>
        ShardedWriter.Write(Parts(model), path, bytes, overwrite);

    private static Hdf5Tree Groups(Model model)
    {
        var root = new Hdf5Tree();
        foreach ((string group, SavedObject saved) in Parts(model))
        {
            WeightGroups.Write(root.Group(group), saved);
        }

        return root;
    }

    // The model, and the optimizer that it is compiled with.
    private static IEnumerable<(string Group, SavedObject Saved)> Parts(Model model)
    {
        yield return (string.Empty, SavedObject.Of(model));
        if (model.OptimizerOrNull is Optimizer optimizer)
        {
            SavedObject saved = SavedObject.Of(optimizer);
            yield return ("/" + saved.Group, saved);
        }
    }

    private static void Write(Hdf5Tree tree, string path) => SafeFile.Write(path, file => Write(tree, file), flushToDisk: true);

    /// <summary>Writes HDF5; where the stream cannot seek, a device or a pipe, it is made elsewhere before.</summary>
    internal static void Write(Hdf5Tree tree, Stream stream)
    {
        if (stream.CanSeek)
        {
            Hdf5Writer.Write(stream, tree);
            return;
        }

        using FileStream content = Hdf5(tree, stream);
        content.Position = 0;
        content.CopyTo(stream);
    }

    // HDF5 is written here and there, so that it is made whole before it goes where it belongs: beside it, where there is room for it, and
    // not in the folder for temporary files, which may be memory.
    private static FileStream Hdf5(Hdf5Tree tree, Stream target)
    {
        FileStream file = TemporaryFile.Beside(target);
        try
        {
            Hdf5Writer.Write(file, tree);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static void Add(ZipArchive zip, string name, Stream content)
    {
        ZipArchiveEntry entry = zip.CreateEntry(name, CompressionLevel.NoCompression);
        entry.ExternalAttributes = OwnersFile;
        using Stream member = entry.Open();
        content.Position = 0;
        content.CopyTo(member);
    }
}
