using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Layers;

/// <content>Names, configurations and clones.</content>
public abstract partial class Layer
{
    /// <summary>What Keras writes beside the configuration so that weights can be made before they are loaded.</summary>
    internal virtual JsonObject? BuildConfig =>
        BuildShapes.Count switch
        {
            _ when BuildsAtInit => null,
            0 => null,
            1 => new JsonObject { ["input_shape"] = ConfigWriter.ToJson(BuildShapes[0], "input_shape") },
            _ => new JsonObject { ["input_shape"] = ConfigWriter.ToJson(BuildShapes, "input_shape") },
        };

    /// <summary>
    /// The name of Keras' class in Python, of which files and automatic names are made; mostly that of the configuration.
    /// </summary>
    internal virtual string PythonName => ClassName;

    /// <summary>A layer from Keras' form of one, as <see cref="Serialize"/> writes it, with new weights.</summary>
    /// <param name="config">An object with <c>class_name</c> and <c>config</c>.</param>
    /// <param name="custom_objects">What is made of names that the library does not know, from the configurations of these.</param>
    /// <exception cref="NotSupportedException">The class is not known; the message names it.</exception>
    /// <exception cref="ArgumentException">The configuration has an unknown key, or a value that does not fit.</exception>
    public static Layer Deserialize(JsonNode config, IReadOnlyDictionary<string, Func<JsonObject, object>>? custom_objects = null) =>
        KerasSerializer.Read<Layer>(config, custom_objects, NoName);

    /// <summary>A layer in Keras' form: <c>module</c>, <c>class_name</c>, <c>config</c>, without its weights.</summary>
    /// <param name="layer">The layer.</param>
    /// <exception cref="NotSupportedException">It holds a delegate, which no configuration can hold.</exception>
    public static JsonObject Serialize(Layer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return KerasSerializer.Serialize(layer);
    }

    private static Layer NoName(string config) =>
        throw new ArgumentException(
            $"A layer's configuration is an object with \"class_name\" and \"config\", but found \"{config}\".",
            nameof(config)
        );

    JsonObject? IBuildable.BuildConfig => BuildConfig;

    void INamed.Rename(string name) => Name = Checked(name);

    // What was an argument has a flag of its own; only a frozen layer freezes all that is in it.
    void ITrainable.RestoreTrainable(bool trainable)
    {
        if (trainable)
        {
            SetOwnTrainable(true);
        }
        else
        {
            Trainable = false;
        }
    }

    private static string Checked(string name) =>
        name.Length > 0 && !name.Contains('/', StringComparison.Ordinal)
            ? name
            : throw new ArgumentException(
                $"A layer's name is not empty and has no \"/\" (it separates the parts of a weight's path), but \"{name}\" was given.",
                nameof(name)
            );

    /// <summary>A layer of the same configuration with new weights on the same device. Delegates are kept.</summary>
    internal virtual Layer CloneLayer()
    {
        var clone = (Layer)Copies.Of(this);
        if (clone.Sublayers.Intersect(Sublayers).FirstOrDefault() is Layer shared)
        {
            throw new InvalidOperationException(
                $"A clone has layers of its own, but that of '{Name}' ({ClassName}) keeps the same '{shared.Name}' ({shared.ClassName}). "
                    + "Let the class take layers one by one, or in arrays and lists, or make them itself."
            );
        }

        clone.PlaceBeside(this);
        clone.TakeLearned(this);
        return clone;
    }

    /// <summary>What it has beside weights and files hold under names of their own.</summary>
    internal virtual IReadOnlyList<(string Name, Variable Value)> NamedState => [];

    /// <summary>
    /// The vocabulary as a file of a <c>.keras</c> has it; <see langword="null"/> where it is in the configuration, or none.
    /// </summary>
    internal virtual string? VocabularyText => null;

    /// <summary>Whether it has a vocabulary that the configuration does not have.</summary>
    internal virtual bool WantsVocabulary => false;

    /// <summary>Whether that vocabulary is not there, as the layer was made from the configuration alone.</summary>
    internal virtual bool LacksVocabulary => false;

    /// <summary>Gives it the vocabulary of such a file.</summary>
    internal virtual void ReadVocabulary(string text) => throw new NotSupportedException($"{ClassName} has no vocabulary.");

    /// <summary>
    /// Takes over what another layer of the same class has learned by <c>Adapt</c>, a vocabulary or a mean; by default the layers in it do.
    /// </summary>
    private protected virtual void TakeLearned(Layer source)
    {
        foreach ((Layer own, Layer theirs) in Sublayers.Zip(source.Sublayers).Where(p => p.First.GetType() == p.Second.GetType()))
        {
            own.TakeLearned(theirs);
        }
    }

    internal override KerasObject Duplicate() => CloneLayer();

    /// <summary>A layer of the same kind that uses this layer's weights, with some arguments changed.</summary>
    /// <param name="changes">New values by Keras' argument names.</param>
    internal Layer CloneSharingWeights(IReadOnlyDictionary<string, object?> changes)
    {
        var layer = (Layer)Copies.Of(this, changes);
        layer.ShareWeightsOf(this);
        layer.TakeLearned(this);
        return layer;
    }
}
