using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.Layers;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <summary>An element-wise (or, as softmax, axis-wise) function under the name that Keras gives it.</summary>
/// <remarks>
/// Immutable and safe to share between threads. A string converts: <c>new Dense(10, activation: "softmax")</c>.
/// Source: <c>keras/src/activations/activations.py</c>.
/// </remarks>
public sealed class ActivationFunction : IConfigValue<ActivationFunction>, IEquatable<ActivationFunction>
{
    private readonly Func<Tensor, Tensor> _function;

    /// <summary>A function of one's own. It cannot be written into a configuration, whatever its name.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="function">From a tensor to a tensor of the same shape.</param>
    public ActivationFunction(string name, Func<Tensor, Tensor> function)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(function);
        Name = name;
        _function = function;
    }

    /// <summary>The identity, Keras' <c>"linear"</c>.</summary>
    public static ActivationFunction Linear { get; } = new("linear", static x => x);

    /// <summary>Its name.</summary>
    public string Name { get; }

    // By reference: a function of one's own may have any name.
    internal bool IsLinear => ReferenceEquals(this, Linear);

    internal bool IsSoftmax => Is("softmax");

    /// <summary>Whether it is Keras' function of that name.</summary>
    internal bool Is(string name) => ReferenceEquals(this, KnownActivations.ByName[name]);

    /// <summary>Applies the function. The caller owns the result; it may be the same object as <paramref name="x"/> (linear).</summary>
    /// <exception cref="ArgumentException">The function cannot take such a tensor.</exception>
    public Tensor Apply(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        try
        {
            return _function(x);
        }
        catch (Exception e) when (NativeFailure.Is(e))
        {
            throw LayerCalls.FailedWithin(
                e,
                $"The activation '{Name}'",
                "Compare the shape and type with what the function takes.",
                (nameof(x), x)
            );
        }
    }

    /// <summary>One of Keras' functions by its name; <see langword="null"/> is linear.</summary>
    /// <exception cref="ArgumentException">The name is not known; the message has the nearest ones.</exception>
    public static ActivationFunction Get(string? name) =>
        name is null ? Linear
        : KnownActivations.ByName.TryGetValue(name, out ActivationFunction? known) ? known
        : throw new ArgumentException(
            $"There is no activation named '{name}'.{Nearest.Sentence(name, KnownActivations.ByName.Keys)}",
            nameof(name)
        );

    /// <summary>One of Keras' functions by its name.</summary>
    public static implicit operator ActivationFunction(string name) => Get(name);

    /// <summary>The function of the name that a configuration has.</summary>
    /// <param name="node">A name, or the object that some versions of Keras write for a function.</param>
    /// <exception cref="ArgumentException">The name is not known.</exception>
    /// <exception cref="NotSupportedException">It is another object: code is never run from a configuration.</exception>
    public static ActivationFunction FromJson(JsonNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (node is JsonObject function)
        {
            KerasSerializer.RefuseForeign("a function", function["module"]);
        }

        return Get(node is JsonObject o ? NameIn(o) : node.GetValue<string>());
    }

    /// <summary>Its name.</summary>
    /// <exception cref="NotSupportedException">It is a function of one's own.</exception>
    public JsonNode ToJson() =>
        KnownActivations.ByName.TryGetValue(Name, out ActivationFunction? known) && ReferenceEquals(known, this)
            ? JsonValue.Create(Name)!
            : throw new NotSupportedException(
                ReferenceEquals(this, KnownActivations.HardSigmoidOfKeras2)
                    ? $"The activation '{Name}' has no name in Keras 3, so no configuration can hold it. Make the model anew "
                        + "with another one."
                    : $"The activation '{Name}' is a delegate, which no configuration can hold. Use one of Keras' names."
            );

    /// <inheritdoc/>
    public bool Equals(ActivationFunction? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Name;

    // {"module": "keras.activations", "class_name": "function", "config": "relu"}
    private static string NameIn(JsonObject node) =>
        ConfigReader.IsClass(node, "function") && node["config"] is JsonValue name
            ? name.GetValue<string>()
            : throw new NotSupportedException(
                $"An activation is one of Keras' names, but the configuration has {KerasSerializer.Shorten(node)}."
            );
}
