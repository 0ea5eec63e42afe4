using System.Text.Json.Nodes;

namespace Distillation.Keras.Facade;

/// <summary>Keras' <c>keras.models</c>: methods of the names that Keras has, which only call those of <see cref="Model"/>.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class ModelsModule
{
    internal ModelsModule() { }

    /// <inheritdoc cref="Model.Load"/>
    /// <param name="filepath">The file. That of TensorFlow.js names others, which lie beside it or in folders below.</param>
    /// <param name="custom_objects">What to make for names that Keras does not have, from the configurations of these.</param>
    /// <param name="compile">Whether the model is compiled as it was, with the state of its optimizer.</param>
    public Model load_model(
        string filepath,
        IReadOnlyDictionary<string, Func<JsonObject, object>>? custom_objects = null,
        bool compile = true
    )
    {
        ArgumentNullException.ThrowIfNull(filepath);
        return Model.Load(filepath, custom_objects, compile);
    }

    /// <inheritdoc cref="Model.Save(string, bool, string)"/>
    /// <param name="model">The model.</param>
    /// <param name="filepath">
    /// The file: <c>.keras</c>, or <c>.h5</c> (also <c>.hdf5</c>) in the older form, which says less. Its folder must exist.
    /// </param>
    /// <param name="overwrite">Whether a file that is there is replaced.</param>
    public void save_model(Model model, string filepath, bool overwrite = true)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(filepath);
        model.Save(filepath, overwrite);
    }

    /// <inheritdoc cref="Model.FromJson"/>
    /// <param name="json_string">What <see cref="Model.ToJson"/> or Keras' <c>to_json</c> wrote.</param>
    /// <param name="compile">Whether the model is compiled as the JSON says.</param>
    public Model model_from_json(string json_string, bool compile = true)
    {
        ArgumentNullException.ThrowIfNull(json_string);
        return Model.FromJson(json_string, compile);
    }

    /// <inheritdoc cref="Model.Clone"/>
    /// <param name="model">The model.</param>
    public Model clone_model(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Clone();
    }
}
