using System.Text.Json.Nodes;
using Distillation.Keras.Saving;
using TorchSharp;

namespace Distillation.Keras;

/// <summary>The type in which a layer keeps its weights and computes.</summary>
/// <remarks>
/// Immutable. <c>float32</c> (the default) and <c>float64</c> are known; another name is refused. Source: <c>keras/src/dtype_policies/dtype_policy.py</c>.
/// </remarks>
public sealed class DTypePolicy : KerasObject, IConfigValue<DTypePolicy>
{
    /// <summary>The default, <c>float32</c>.</summary>
    public static DTypePolicy Float32 { get; } = new("float32");

    /// <summary>Makes a policy from its name.</summary>
    /// <param name="name"><c>"float32"</c> or <c>"float64"</c>.</param>
    /// <exception cref="ArgumentException">The name is not known.</exception>
    public DTypePolicy(string name)
    {
        Name = name;
        ScalarType = name switch
        {
            "float32" => torch.ScalarType.Float32,
            "float64" => torch.ScalarType.Float64,
            _ => throw new ArgumentException($"A layer's dtype is \"float32\" or \"float64\", but \"{name}\" was given.", nameof(name)),
        };
    }

    /// <summary>The policy's name.</summary>
    public string Name { get; }

    /// <summary>The type of weights and of computation.</summary>
    public torch.ScalarType ScalarType { get; }

    internal override string Module => "keras";

    // Keras writes the whole object, and reads a name too.
    static DTypePolicy IConfigValue<DTypePolicy>.FromJson(JsonNode node) =>
        node is JsonObject ? KerasSerializer.Deserialize<DTypePolicy>(node) : new DTypePolicy(node.GetValue<string>());

    JsonNode IConfigValue<DTypePolicy>.ToJson() => KerasSerializer.Serialize(this);

    /// <summary>The policy of that name.</summary>
    public static implicit operator DTypePolicy(string name) => name == "float32" ? Float32 : new DTypePolicy(name);
}
