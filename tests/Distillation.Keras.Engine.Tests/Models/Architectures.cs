using System.Text.Json.Nodes;

namespace Distillation.Keras.Engine.Tests.Models;

/// <summary>Models that real Keras made: their JSON, their summary, their weights.</summary>
internal static class Architectures
{
    private static readonly JsonObject All = JsonNode
        .Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "models", "architectures.json")))!
        .AsObject();

    public static string[] Names { get; } = [.. All.Select(p => p.Key)];

    /// <summary>The model's JSON without what compiling adds.</summary>
    public static JsonObject Json(string name) => (JsonObject)WithoutCompileConfig(All[name]!["model"])!;

    public static Model Make(string name) => Model.FromJson(Json(name).ToJsonString());

    public static string[] Summary(string name) => [.. All[name]!["summary"]!.AsArray().Select(n => n!.GetValue<string>())];

    public static string[] Weights(string name) =>
        [.. All[name]!["weights"]!.AsArray().Select(n => $"{n!["path"]} {n["shape"]!.ToJsonString()} {n["trainable"]}")];

    public static JsonNode? WithoutCompileConfig(JsonNode? node) =>
        node switch
        {
            JsonObject o => new JsonObject(
                o.Where(p => p.Key != "compile_config").Select(p => KeyValuePair.Create(p.Key, WithoutCompileConfig(p.Value)))
            ),
            JsonArray a => new JsonArray([.. a.Select(WithoutCompileConfig)]),
            _ => node?.DeepClone(),
        };
}
