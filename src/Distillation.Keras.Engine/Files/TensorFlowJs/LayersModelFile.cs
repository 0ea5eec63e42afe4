using System.Text.Json.Nodes;
using Distillation.Keras.Files.Legacy;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Files.TensorFlowJs;

/// <summary>What a <c>model.json</c> of TensorFlow.js Layers holds, with the files of its weights.</summary>
/// <remarks>
/// Source: <c>tfjs-layers/src/models.ts</c>, <c>tfjs-core/src/io/types.ts</c>, and, for models that were converted,
/// <c>tfjs-converter/python/tensorflowjs/converters</c>.
/// </remarks>
internal sealed class LayersModelFile
{
    private const string Topology = "modelTopology";
    private const string Manifest = "weightsManifest";

    private LayersModelFile(JsonObject? topology, JsonObject? training, WeightsManifest weights)
    {
        Weights = weights;
        Model = topology is null ? null : Object(topology["model_config"], "model_config") ?? topology;
        Version = LegacyConfig.Text(topology?["keras_version"]) ?? LegacyConfig.Text(Model?["keras_version"]);
        IsOfJavaScript = Version?.StartsWith("tfjs", StringComparison.Ordinal) is true;
        IsOld = Model is not null && (IsOfJavaScript || LegacyConfig.Is(Model, Version) || LegacyConfig.Is(Model, null));
        Dictionary<string, string> renamed = Model is not null && IsOld ? LegacyNames.Renamed(Model) : [];
        NamesHere = renamed;
        NamesInFile = renamed.ToDictionary(r => r.Value, r => r.Key, StringComparer.Ordinal);
        Training = training ?? Object(topology?["training_config"], "training_config");
    }

    /// <summary>The class and configuration of the model; <see langword="null"/> for weights alone.</summary>
    public JsonObject? Model { get; }

    /// <summary>What the model was compiled with, if anything.</summary>
    public JsonObject? Training { get; }

    /// <summary>Which version of Keras wrote the model, if that is said.</summary>
    public string? Version { get; }

    /// <summary>Whether TensorFlow.js made the model, and not Keras.</summary>
    public bool IsOfJavaScript { get; }

    /// <summary>Whether the configuration has the form of Keras 2, which TensorFlow.js writes, too.</summary>
    public bool IsOld { get; }

    /// <summary>What the file calls those layers that are called otherwise here.</summary>
    public IReadOnlyDictionary<string, string> NamesInFile { get; }

    /// <summary>What those layers are called here.</summary>
    public IReadOnlyDictionary<string, string> NamesHere { get; }

    /// <summary>The weights.</summary>
    public WeightsManifest Weights { get; }

    /// <summary>Whether a file is of TensorFlow.js.</summary>
    public static bool Is(JsonObject json) => json.ContainsKey(Topology) || json.ContainsKey(Manifest);

    /// <summary>Takes such a file apart.</summary>
    /// <param name="json">The file.</param>
    /// <param name="beside">The files beside it.</param>
    /// <exception cref="ModelFormatException">It is of another kind, or not in order.</exception>
    public static LayersModelFile Read(JsonObject json, Neighbours beside)
    {
        JsonObject? topology = Object(json[Topology], Topology);
        if (LegacyConfig.Text(json["format"]) == "graph-model" || topology?["node"] is JsonArray)
        {
            throw new ModelFormatException(
                "It is a graph model of TensorFlow.js ('graph-model'), which has operations instead of layers and is not read. Convert the "
                    + "Keras model that it was made from with --output_format tfjs_layers_model, or load that one."
            );
        }

        if (json["format"] is JsonNode format && LegacyConfig.Text(format) != "layers-model")
        {
            throw new ModelFormatException(
                $"The 'format' of a model of TensorFlow.js that is read is 'layers-model', but found {KerasSerializer.Shorten(format)}."
            );
        }

        return json[Manifest] is JsonNode manifest
            ? new LayersModelFile(topology, Object(json["trainingConfig"], "trainingConfig"), WeightsManifest.Read(manifest, beside))
            : throw new ModelFormatException(
                "It is a model of TensorFlow.js without weights: it has no 'weightsManifest'. Save the model with its weights."
            );
    }

    // Also as text, as model.toJSON() gives it.
    private static JsonObject? Object(JsonNode? node, string what) =>
        node switch
        {
            null => null,
            JsonObject o => o,
            _ when LegacyConfig.Text(node) is string text => JsonText.Object(text, what),
            _ => throw new ModelFormatException($"'{what}' is an object in JSON, but found {KerasSerializer.Shorten(node)}."),
        };
}
