using System.Text.Json.Nodes;

namespace Distillation.Keras.Conformance;

/// <summary>One entry of a fixture's <c>cases</c> or of one of its extras.</summary>
/// <param name="Name">The case's name; for extras with the extra's name before it (<c>errors/NAME</c>).</param>
/// <param name="Key">The entry's own name, without the extra's.</param>
/// <param name="Node">The entry.</param>
/// <param name="Extra">The extra that it belongs to, or <c>cases</c>.</param>
public sealed record FixtureEntry(string Name, string Key, JsonNode? Node, string Extra = "cases")
{
    /// <summary>The entry as an object.</summary>
    /// <exception cref="FixtureException">It is something else.</exception>
    public JsonObject Object => Node as JsonObject ?? throw new FixtureException($"The entry '{Name}' is not a JSON object.");
}
