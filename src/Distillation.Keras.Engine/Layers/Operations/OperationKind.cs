using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>A function of <c>keras.ops</c> as Keras writes it among the layers of a graph.</summary>
/// <param name="Part">The module in <c>keras.src.ops</c>: <c>numpy</c>, <c>nn</c>, <c>core</c>, <c>math</c>, <c>linalg</c>.</param>
/// <param name="ClassName">The class: <c>Add</c>.</param>
/// <param name="Options">What the configuration holds beside the name, with the defaults in JSON; without, it is needed.</param>
/// <param name="Parameters">The names of the arguments of a call, in order; a last one with <c>*</c> takes all that follow.</param>
/// <param name="Compute">The outputs.</param>
internal sealed record OperationKind(
    string Part,
    string ClassName,
    IReadOnlyList<(string Name, string? Default)> Options,
    IReadOnlyList<string> Parameters,
    Func<OperationValues, Tensor[]> Compute
)
{
    /// <summary>The module that Keras writes.</summary>
    public string Module => $"keras.src.ops.{Part}";

    /// <summary>Whether shapes are those of its inputs, broadcast.</summary>
    public bool Broadcasts { get; init; }

    /// <summary>The options of a configuration, those that it lacks with their defaults.</summary>
    /// <exception cref="ArgumentException">One is missing or unknown.</exception>
    public JsonObject Checked(JsonObject given)
    {
        if (given.FirstOrDefault(g => g.Key != "name" && !Options.Any(o => o.Name == g.Key)) is { Key: string unknown })
        {
            throw new ArgumentException($"The operation {ClassName} has no argument '{unknown}'.");
        }

        var options = new JsonObject();
        foreach ((string name, string? otherwise) in Options)
        {
            options[name] =
                given.ContainsKey(name) ? given[name]?.DeepClone()
                : otherwise is not null ? JsonNode.Parse(otherwise)
                : throw new ArgumentException($"The operation {ClassName} needs the argument '{name}'.");
        }

        return options;
    }
}
