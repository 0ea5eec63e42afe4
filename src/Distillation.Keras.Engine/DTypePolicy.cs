using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <summary>In which type a layer keeps its weights, and in which it computes.</summary>
/// <remarks>
/// <para>
/// Immutable. <c>float32</c> (the default), <c>float64</c>, <c>float16</c> and <c>bfloat16</c> stand for both. <c>mixed_float16</c> and
/// <c>mixed_bfloat16</c> keep weights in float32 and compute in the type of 16 bits: a layer casts its inputs and its weights to it, and
/// its outputs have it. Losses, metrics, penalties of weights and optimizers stay in float32, as do the statistics of
/// <see cref="Layers.BatchNormalization"/>.
/// </para>
/// <para>
/// float16 holds numbers up to 65,504 and few small ones: training in <c>mixed_float16</c> scales the loss, which <c>Compile</c> sees to by
/// a
/// <see cref="Optimizers.LossScaleOptimizer"/>. bfloat16 has float32's range and needs no such thing. Source:
/// <c>keras/src/dtype_policies/dtype_policy.py</c>.
/// </para>
/// </remarks>
public sealed class DTypePolicy : KerasObject, IConfigValue<DTypePolicy>
{
    /// <summary>The default, <c>float32</c>.</summary>
    public static DTypePolicy Float32 { get; } = new("float32");

    /// <summary>Makes a policy from its name.</summary>
    /// <param name="name">
    /// <c>"float32"</c> (the default), <c>"float64"</c>, <c>"float16"</c>, <c>"bfloat16"</c>, <c>"mixed_float16"</c> or
    /// <c>"mixed_bfloat16"</c>; for metrics that count, such as <see cref="Metrics.IoU"/>, also <c>"int64"</c> (or <c>"int"</c>),
    /// <c>"int32"</c>, <c>"int16"</c>,
    /// <c>"int8"</c> and <c>"uint8"</c>.
    /// </param>
    /// <exception cref="ArgumentException">There is no such policy.</exception>
    public DTypePolicy(string? name = null)
    {
        name ??= "float32";
        (VariableType, ComputeType) = name switch
        {
            "mixed_float16" => (ScalarType.Float32, ScalarType.Float16),
            "mixed_bfloat16" => (ScalarType.Float32, ScalarType.BFloat16),
            "int" => (ScalarType.Int64, ScalarType.Int64),
            _ when DTypes.TryGet(name, out ScalarType type) && type != ScalarType.Bool => (type, type),
            _ => throw new ArgumentException(
                "A policy is \"mixed_float16\", \"mixed_bfloat16\", or a type of numbers: "
                    + $"{string.Join(", ", DTypes.Floating.Select(n => $"\"{n}\""))}, and of integers for metrics that count; but "
                    + $"\"{name}\" was given.",
                nameof(name)
            ),
        };
        Name = name == "int" ? "int64" : name;
    }

    /// <summary>The policy's name.</summary>
    public string Name { get; }

    /// <summary>The type of weights.</summary>
    public ScalarType VariableType { get; }

    /// <summary>The type of computation: what floating-point inputs and weights are cast to, and what outputs have.</summary>
    public ScalarType ComputeType { get; }

    internal override string Module => "keras";

    /// <summary>Keras' name of the type of computation.</summary>
    internal string ComputeName => DTypes.NameOf(ComputeType);

    /// <summary>The policy itself, or the default.</summary>
    /// <exception cref="ArgumentException">It is one of integers, in which nothing but counts can be kept.</exception>
    internal static DTypePolicy Floating(DTypePolicy? dtype, string owner) =>
        dtype is null ? Float32
        : dtype.ComputeType.IsFloating() ? dtype
        : throw new ArgumentException(
            $"{owner} computes in a type of floating-point numbers: {string.Join(", ", DTypes.Floating.Select(n => $"\"{n}\""))}, or "
                + $"\"mixed_float16\", \"mixed_bfloat16\"; but \"{dtype.Name}\" was given.",
            nameof(dtype)
        );

    /// <summary>Whether weights are cast where they are used.</summary>
    internal bool IsMixed => ComputeType != VariableType;

    // Keras writes the whole object, and reads a name too.
    static DTypePolicy IConfigValue<DTypePolicy>.FromJson(JsonNode node) =>
        node is JsonObject o ? KerasSerializer.Deserialize<DTypePolicy>(Renamed(o)) : new DTypePolicy(node.GetValue<string>());

    // Keras 3.0 to 3.3 had another class for all that is not quantised.
    private static JsonObject Renamed(JsonObject node)
    {
        if (!ConfigReader.IsClass(node, "FloatDTypePolicy"))
        {
            return node;
        }

        var renamed = (JsonObject)node.DeepClone();
        renamed["class_name"] = nameof(DTypePolicy);
        return renamed;
    }

    JsonNode IConfigValue<DTypePolicy>.ToJson() => KerasSerializer.Serialize(this);

    /// <summary>The policy of that name.</summary>
    public static implicit operator DTypePolicy(string name) => name == "float32" ? Float32 : new DTypePolicy(name);
}
