using System.Text.Json.Nodes;
using Distillation.Keras.Files;
using Distillation.Keras.Training;

namespace Distillation.Keras;

/// <content>Files.</content>
public partial class Model
{
    private const string MakeRoom = " Make room, or save it elsewhere; what was there is as it was.";

    /// <summary>
    /// What was noticed when the model, or weights for it, were last read from a file and may be meant: weights that are not finite, a
    /// state of the optimizer that does not fit. Empty where nothing was read.
    /// </summary>
    public IReadOnlyList<string> LoadWarnings { get; internal set; } = [];

    /// <summary>
    /// Reads a model with its weights from a file that Keras wrote: <c>.keras</c> of Keras 2.13 and later, whole-model <c>.h5</c> of Keras
    /// 1 and later, or from the <c>model.json</c> of TensorFlow.js Layers with its files of weights, also quantised ones. What the file is
    /// is told by its content, not by its name.
    /// </summary>
    /// <param name="path">The file. That of TensorFlow.js names others, which lie beside it or in folders below.</param>
    /// <param name="custom_objects">
    /// What to make for class names, registered names (<c>package>Name</c>) or names of functions that Keras does not have, or that are
    /// refused otherwise, such as <c>Lambda</c>: a function from the configuration to the object.
    /// </param>
    /// <param name="compile">
    /// Whether the model is compiled as it was, with the state of its optimizer, so that training goes on as it would have.
    /// </param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">
    /// It is no model file, it is damaged, or it has something in it that is not known or not read; the message names it.
    /// </exception>
    /// <remarks>
    /// No code of a file is ever run, and no file outside its folder is opened. One array at a time is in memory beside the model. Source:
    /// <c>keras/src/saving/saving_api.py</c>, <c>load_model</c>; <c>tfjs-layers/src/models.ts</c>.
    /// </remarks>
    public static Model Load(string path, IReadOnlyDictionary<string, Func<JsonObject, object>>? custom_objects = null, bool compile = true)
    {
        if (custom_objects?.FirstOrDefault(o => o.Value is null).Key is string empty)
        {
            throw new ArgumentException(
                $"custom_objects has a function for each name, but that of '{empty}' is null.",
                nameof(custom_objects)
            );
        }

        return ModelReader.Load(path, custom_objects, compile);
    }

    /// <summary>Writes the model into a file as Keras 3.15.1 does: architecture, weights, and what it was compiled with.</summary>
    /// <param name="path">
    /// The file: <c>.keras</c>, or <c>.h5</c> (also <c>.hdf5</c>) in the older form, which says less. Its folder must exist.
    /// </param>
    /// <param name="overwrite">Whether a file that is there is replaced.</param>
    /// <param name="format">
    /// <see langword="null"/>: by the end of the name. <c>"keras"</c> or <c>"h5"</c>: that form, whatever the name ends in.
    /// <c>"tf_keras"</c>: the <c>.h5</c> of tf.keras 2.15, which tf.keras 2 loads.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The name ends in something else, the format is not known, or the name ends in that of another one.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// It holds something that no file can hold, such as a function of one's own, or that tf.keras 2 does not have; nothing was written.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// A lookup lacks the vocabulary that it has learned, as it was made from a configuration alone; nothing was written.
    /// </exception>
    /// <exception cref="IOException">It cannot be written; what was there is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; what was there is as it was.</exception>
    /// <remarks>
    /// The file is written under a temporary name in the same folder, flushed to the disk and moved into its place. One array at a time is
    /// in memory beside the model, which is not changed. Source: <c>keras/src/saving/saving_api.py</c>, <c>save_model</c>;
    /// <c>tf_keras/src/saving/legacy/hdf5_format.py</c>.
    /// </remarks>
    public void Save(string path, bool overwrite = true, string? format = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Write(path, overwrite, WriterOf(path, format));
    }

    /// <summary>Writes the weights, and the state of the optimizer, into a file as Keras 3.15.1 does, or into several.</summary>
    /// <param name="path">
    /// The file, which ends in <c>.weights.h5</c>; with <paramref name="max_shard_size"/> the index of several ones, which ends in
    /// <c>.weights.json</c>. Its folder must exist.
    /// </param>
    /// <param name="overwrite">Whether a file that is there is replaced.</param>
    /// <param name="max_shard_size">
    /// How many gigabytes (1024³ bytes) of weights a file holds at most; greater than 0. The files <c>NAME_00000.weights.h5</c>, ... lie
    /// beside the index <c>NAME.weights.json</c>. By default all weights are in one file.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The name ends in something else, the size is not greater than 0, or less than that of a weight by itself.
    /// </exception>
    /// <exception cref="InvalidOperationException">The weights are not made yet.</exception>
    /// <exception cref="IOException">It cannot be written; what was there is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; what was there is as it was.</exception>
    /// <remarks>
    /// As <see cref="Save(string, bool, string)"/>. Several files take their places one after the other when all are on the disk, and the
    /// old index goes before them, so that a process killed in that moment leaves no index, and none that is wrong. Source:
    /// <c>keras/src/saving/saving_api.py</c>, <c>save_weights</c>.
    /// </remarks>
    public void SaveWeights(string path, bool overwrite = true, double? max_shard_size = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string ending = max_shard_size is null ? ".weights.h5" : ".weights.json";
        if (!path.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException(
                $"Weights are saved as {(max_shard_size is null ? ".weights.h5" : ".weights.json, where max_shard_size is given")}, but "
                    + $"'{path}' ends in something else.",
                nameof(path)
            );
        }

        if (max_shard_size is double size)
        {
            Arguments.Positive(size, nameof(max_shard_size));
        }

        RequireWeights();
        Write(
            path,
            overwrite,
            max_shard_size is double gigabytes
                ? (model, index) => ModelWriter.Shards(model, index, gigabytes * (1L << 30), overwrite)
                : ModelWriter.Weights
        );
    }

    /// <summary>
    /// Reads weights from a file that Keras wrote: <c>.weights.h5</c> of Keras 3 and 2, sharded ones by their <c>.weights.json</c>, or
    /// those of a whole <c>.keras</c> or <c>.h5</c>; or from the <c>model.json</c> of TensorFlow.js. What the file is is told by its
    /// content.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="by_name">
    /// Whether layers get the weights of the layers of their names, and others keep theirs; for files of the older form. Without it layers
    /// get them in order. Those of TensorFlow.js always go by name; without it all of them must be there, and no others.
    /// </param>
    /// <param name="skip_mismatch">Whether layers that do not fit are left out, with a word in <see cref="LoadWarnings"/>.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidOperationException">The weights are not made yet.</exception>
    /// <exception cref="ModelFormatException">
    /// It is no such file, it is damaged, or the weights do not fit the model; the weights are as before.
    /// </exception>
    /// <remarks>Source: <c>keras/src/saving/saving_api.py</c>, <c>load_weights</c>.</remarks>
    public void LoadWeights(string path, bool by_name = false, bool skip_mismatch = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Claim.RefuseBesideTraining(this, nameof(LoadWeights));
        RequireWeights();
        LoadWarnings = WeightsReader.Load(this, path, by_name, skip_mismatch);
    }

    private static Action<Model, string> WriterOf(string path, string? format)
    {
        bool isArchive = path.EndsWith(".keras", StringComparison.OrdinalIgnoreCase);
        bool isHdf5 = IsHdf5(path);
        string form =
            format
            ?? (
                isArchive ? "keras"
                : isHdf5 ? "h5"
                : throw new ArgumentException(
                    $"A model is saved as .keras, or as .h5 in the older form, but '{path}' ends in neither. Add one of them to the name.",
                    nameof(path)
                )
            );
        (Action<Model, string> write, bool fits) = form switch
        {
            "keras" => ((Action<Model, string>)ModelWriter.Archive, !isHdf5),
            "h5" => (ModelWriter.WholeHdf5, !isArchive),
            "tf_keras" => (ModelWriter.TfKerasHdf5, !isArchive),
            _ => throw new ArgumentException(
                $"A model is saved in the format \"keras\", \"h5\" or \"tf_keras\", but found \"{format}\".",
                nameof(format)
            ),
        };
        return fits
            ? write
            : throw new ArgumentException(
                $"The format \"{format}\" is that of a {(isArchive ? ".h5" : ".keras")} file, but the name is '{path}'. Change "
                    + "one of them.",
                nameof(format)
            );
    }

    private void RequireWeights()
    {
        if (!Built)
        {
            throw new InvalidOperationException(
                $"'{Name}' has no weights yet, as its input's shape is not known. Give it an Input(...) or call it on data first."
            );
        }
    }

    private static bool IsHdf5(string path) =>
        path.EndsWith(".h5", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".hdf5", StringComparison.OrdinalIgnoreCase);

    private void Write(string path, bool overwrite, Action<Model, string> write)
    {
        if (!overwrite && File.Exists(path))
        {
            throw new IOException($"'{path}' is there already, and is not to be replaced: overwrite is false.");
        }

        try
        {
            write(this, path);
        }
        catch (Exception e)
            when (e is IOException and not DirectoryNotFoundException || e is ArgumentOutOfRangeException { ParamName: "value" })
        {
            // .NET says the latter where a file would be larger than its system or the rights of its user let it be.
            string reason = e is IOException ? e.Message : "It would be larger than a file may be there.";
            throw new IOException($"'{path}' cannot be written. {reason}{(HasNoRoom(e) ? MakeRoom : string.Empty)}", e);
        }
    }

    // ENOSPC, and EDQUOT of Linux and macOS; Windows' ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL.
    private static bool HasNoRoom(Exception e) =>
        e is ArgumentOutOfRangeException
        || (
            OperatingSystem.IsWindows()
                ? e.HResult is unchecked((int)0x80070027) or unchecked((int)0x80070070)
                : e.HResult is 28 || e.HResult == (OperatingSystem.IsLinux() ? 122 : 69)
        );
}
