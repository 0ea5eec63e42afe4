using System.Text.Json.Nodes;

namespace Distillation.Keras.Facade;

/// <summary>Keras' <c>keras.models</c>: methods of the names that Keras has, which only call those of <see cref="Model"/>.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class ModelsModule
{
    internal ModelsModule() { }

    /// <inheritdoc cref="Model.Load"/>
    public Model load_model(
        string path,
        IReadOnlyDictionary<string, Func<JsonObject, object>>? custom_objects = null,
        bool compile = true
    ) => Model.Load(path, custom_objects, compile);

    /// <inheritdoc cref="Model.FromJson"/>
    public Model model_from_json(string json, bool compile = true) => Model.FromJson(json, compile);

    /// <inheritdoc cref="Model.Clone"/>
    /// <param name="model">The model.</param>
    public Model clone_model(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Clone();
    }
}
