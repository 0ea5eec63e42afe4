using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.Layers;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Models;

/// <summary>Operations among the layers of a graph in Keras 3's JSON.</summary>
internal static class OperationConfig
{
    /// <summary>An operation; <see langword="null"/> where the entry is no operation.</summary>
    /// <exception cref="NotSupportedException">The operation is not known.</exception>
    /// <exception cref="ArgumentException">An option is missing or unknown.</exception>
    public static Operation? Read(JsonObject entry)
    {
        string? className = TextOf(entry["class_name"]);
        string? module = TextOf(entry["module"]);

        // An .h5 names no modules; every layer says there whether it is trained.
        bool isBare = module is null && entry["config"] is JsonObject bare && !bare.ContainsKey("trainable");
        if (className is null || !(OperationTable.IsModule(module) || (isBare && OperationTable.Find(className) is not null)))
        {
            return null;
        }

        OperationKind kind =
            (module is null ? OperationTable.Find(className) : OperationTable.Find(module, className))
            ?? throw new NotSupportedException(
                $"There is no operation {module}.{className} here.{Nearest.Sentence(className, OperationTable.Names)} Make the model with "
                    + "layers, or a class of your own, in its place."
            );
        JsonObject config = entry["config"] as JsonObject ?? [];
        return new Operation(
            kind,
            config,
            (string?)ConfigReader.Convert(config["name"], typeof(string), $"{className}: the argument 'name'")
        );
    }

    private static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
