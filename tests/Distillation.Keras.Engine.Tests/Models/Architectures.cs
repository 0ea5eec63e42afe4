using System.Text.Json.Nodes;

namespace Distillation.Keras.Engine.Tests.Models;

/// <summary>Models that real Keras made: their JSON, their summary, their weights.</summary>
internal static class Architectures
{
    private static readonly JsonObject All =
        JsonNode.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "models", "architectures.json")))!.AsObject();

    public static string[] Names { get; } = [.. All.Select(p => p.Key)];

    public static JsonObject Json(string name) => All[name]!["model"]!.AsObject();

    public static Model Make(string name) => Model.FromJson(Json(name).ToJsonString());

    public static string[] Summary(string name) => [.. All[name]!["summary"]!.AsArray().Select(n => n!.GetValue<string>())];

    public static string[] Weights(string name) =>
        [.. All[name]!["weights"]!.AsArray().Select(n => $"{n!["path"]} {n["shape"]!.ToJsonString()} {n["trainable"]}")];
}
