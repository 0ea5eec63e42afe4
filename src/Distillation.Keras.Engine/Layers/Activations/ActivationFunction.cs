using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.Layers;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <summary>An element-wise (or, as softmax, axis-wise) function under the name that Keras gives it.</summary>
/// <remarks>
/// Immutable and safe to share between threads. A string converts, <c>new Dense(10, activation: "softmax")</c>, and so does a layer that
/// keeps shapes, <c>new Dense(10, activation: new LeakyReLU(0.1))</c>, which then is a layer of that one: trained, copied and saved with
/// it. Source: <c>keras/src/activations/activations.py</c>, <c>keras/src/activations/__init__.py</c>.
/// </remarks>
public sealed class ActivationFunction : IConfigValue<ActivationFunction>, IEquatable<ActivationFunction>, ICopiedValue
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

    private ActivationFunction(Layer layer)
    {
        Layer = layer;
        Name = layer.Name;
        _function = x => Computed(layer, x);
    }

    /// <summary>The identity, Keras' <c>"linear"</c>.</summary>
    public static ActivationFunction Linear { get; } = new("linear", static x => x);

    /// <summary>Its name; that of the layer where it is one.</summary>
    public string Name { get; }

    /// <summary>The layer that it is, if it is one.</summary>
    public Layer? Layer { get; }

    // By reference: a function of one's own may have any name.
    internal bool IsLinear => ReferenceEquals(this, Linear);

    /// <summary>Whether it is Keras' function of that name.</summary>
    internal bool Is(string name) => ReferenceEquals(this, KnownActivations.ByName[name]);

    internal bool IsSoftmax => Is("softmax") || Layer is Softmax { Axis: [-1] };

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
    public static ActivationFunction Get(string? identifier) =>
        identifier is null ? Linear
        : KnownActivations.ByName.TryGetValue(identifier, out ActivationFunction? known) ? known
        : throw new ArgumentException(
            $"There is no activation named '{identifier}'.{Nearest.Sentence(identifier, KnownActivations.ByName.Keys)}",
            nameof(identifier)
        );

    /// <summary>The function of the name, or the layer, that a configuration has.</summary>
    /// <param name="config">A name, or what <see cref="Serialize"/> wrote.</param>
    /// <param name="custom_objects">What is made of names that the library does not know.</param>
    /// <exception cref="ArgumentException">The name is not known.</exception>
    /// <exception cref="NotSupportedException">It is another object: code is never run from a configuration.</exception>
    public static ActivationFunction Deserialize(
        JsonNode config,
        IReadOnlyDictionary<string, Func<JsonObject, object>>? custom_objects = null
    ) => KerasSerializer.Read<ActivationFunction>(config, custom_objects, Get);

    /// <summary>The form that configurations have of it: its name, or the layer that it is.</summary>
    /// <param name="activation">The activation.</param>
    /// <exception cref="NotSupportedException">It is a function of one's own, which no configuration can hold.</exception>
    public static JsonNode Serialize(ActivationFunction activation)
    {
        ArgumentNullException.ThrowIfNull(activation);
        return activation.ToJson();
    }

    /// <summary>One of Keras' functions by its name.</summary>
    public static implicit operator ActivationFunction(string name) => Get(name);

    /// <summary>A layer as an activation.</summary>
    /// <param name="layer">A layer that gives a tensor of its input's shape. It belongs to the layer that it is given to.</param>
    public static implicit operator ActivationFunction(Layer layer) => new(layer ?? throw new ArgumentNullException(nameof(layer)));

    /// <summary>The function of the name, or the layer, that a configuration has.</summary>
    /// <param name="node">A name, the object that some versions of Keras write for a function, or a serialised layer.</param>
    /// <exception cref="ArgumentException">The name is not known.</exception>
    /// <exception cref="NotSupportedException">It is another object: code is never run from a configuration.</exception>
    public static ActivationFunction FromJson(JsonNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (node is JsonObject o && !ConfigReader.IsClass(o, "function"))
        {
            return o["class_name"] is JsonValue && o["config"] is JsonObject
                ? new ActivationFunction(KerasSerializer.Deserialize<Layer>(o))
                : throw NoActivation(o);
        }

        if (node is JsonObject function)
        {
            KerasSerializer.RefuseForeign("a function", function["module"]);
        }

        return Get(node is JsonObject named ? NameIn(named) : node.GetValue<string>());
    }

    /// <summary>Its name, or the serialised layer.</summary>
    /// <exception cref="NotSupportedException">It is a function of one's own.</exception>
    public JsonNode ToJson() =>
        Layer is not null ? KerasSerializer.Serialize(Layer)
        : KnownActivations.ByName.TryGetValue(Name, out ActivationFunction? known) && ReferenceEquals(known, this) ? JsonValue.Create(Name)!
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

    // A layer belongs to one other; what it is a copy of stays with the first.
    object ICopiedValue.Copy() => Layer is null ? this : new ActivationFunction(Layer.CloneLayer());

    private static Tensor Computed(Layer layer, Tensor x)
    {
        Tensor y = layer.Call(x);
        long[] sizes = y.shape;
        if (sizes.AsSpan().SequenceEqual(x.shape))
        {
            return y;
        }

        y.Dispose();
        throw new ArgumentException(
            $"An activation keeps the shape of what it is applied to, but the {layer.ClassName} '{layer.Name}' made "
                + $"{Shape.FromSizes(sizes)} of {Shape.FromSizes(x.shape)}. Put it behind the layer instead of into it."
        );
    }

    // {"module": "keras.activations", "class_name": "function", "config": "relu"}
    private static string NameIn(JsonObject node) => node["config"] is JsonValue name ? name.GetValue<string>() : throw NoActivation(node);

    private static NotSupportedException NoActivation(JsonObject node) =>
        new($"An activation is one of Keras' names or a layer, but the configuration has {KerasSerializer.Shorten(node)}.");
}
