using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Models;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Saving;

namespace Distillation.Keras;

/// <content>Configurations and clones.</content>
public partial class Model
{
    // Keras makes a functional model's weights from its configuration alone.
    internal override JsonObject? BuildConfig => HasGraph ? new() { ["input_shape"] = null } : base.BuildConfig;

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">
    /// It is a class of one's own over a graph, of which a configuration would hold the graph alone.
    /// </exception>
    public override JsonObject GetConfig() =>
        this is not Functional && !HasGraph ? base.GetConfig()
        : IsForeign
            ? throw new NotSupportedException(
                $"'{Name}' is a {ClassName}, a class of one's own over a graph: a configuration would hold the graph alone, and not what "
                    + "the class does. Write that one: new Model(model.Inputs, model.Outputs)."
            )
        : FunctionalConfig.Write(this);

    /// <summary>The architecture as JSON, in Keras 3's form; the weights are not part of it.</summary>
    /// <param name="compile">
    /// Whether what <see cref="Compile(Optimizer?, LossSpec?, MetricList?, LossWeights?, MetricList?, int, ReadOnlySpan{CSharpOnly})"/> was
    /// given is added, that of models in it too.
    /// </param>
    /// <exception cref="NotSupportedException">
    /// A layer, or with <paramref name="compile"/> a loss or a metric, holds a delegate (Lambda, an activation of one's own), which no file
    /// can hold.
    /// </exception>
    public string ToJson(bool compile = true)
    {
        using IDisposable scope = KerasSerializer.Compiling(compile);
        return KerasSerializer.Serialize(this).ToJsonString();
    }

    /// <summary>Makes a model with new weights from Keras 3's JSON, and compiles it where the JSON says how.</summary>
    /// <param name="json">What <see cref="ToJson"/> or Keras' <c>to_json</c> wrote.</param>
    /// <param name="compile">Whether the model is compiled as the JSON says; without, that part is not looked at.</param>
    /// <exception cref="ArgumentException">The text is not such JSON, or an argument is unknown or does not fit.</exception>
    /// <exception cref="NotSupportedException">A class is not known, or is refused (Lambda); the message names it.</exception>
    /// <exception cref="InsufficientMemoryException">There is no memory for a weight.</exception>
    public static Model FromJson(string json, bool compile = true)
    {
        ArgumentNullException.ThrowIfNull(json);
        using IDisposable scope = KerasSerializer.Compiling(compile);
        JsonNode node;
        try
        {
            node =
                JsonNode.Parse(json, documentOptions: new() { MaxDepth = Nesting.JsonDepth })
                ?? throw new ArgumentException("A model's JSON is an object, but found null.", nameof(json));
        }
        catch (System.Text.Json.JsonException e)
        {
            throw new ArgumentException($"A model's JSON could not be read: {e.Message}", nameof(json), e);
        }

        return KerasSerializer.Deserialize<Layer>(node) is Model model
            ? model
            : throw new ArgumentException(
                "The JSON describes a layer, not a model. Use KerasSerializer.Deserialize<Layer> for layers.",
                nameof(json)
            );
    }

    /// <summary>Makes a functional model with new weights from its configuration.</summary>
    /// <exception cref="ArgumentException">An argument is unknown or does not fit.</exception>
    /// <exception cref="NotSupportedException">A class is not known, or is refused.</exception>
    public static Model FromConfig(JsonObject config) => Functional.FromConfig(config);

    /// <summary>
    /// A model of the same architecture with layers and freshly initialised weights of its own, on the same device, as Keras'
    /// <c>clone_model</c> makes. It is not compiled. Of a class of one's own over a graph it is the graph alone.
    /// </summary>
    /// <remarks>To copy the weights too: <c>clone.SetWeights(model.GetWeights())</c>. Delegates (Lambda) are kept.</remarks>
    public Model Clone() => (Model)CloneLayer();

    internal override Layer CloneLayer()
    {
        if (this is not Functional && !HasGraph)
        {
            return base.CloneLayer();
        }

        var layers = new Dictionary<Layer, Layer>(ReferenceEqualityComparer.Instance);
        var tensors = new Dictionary<KerasTensor, KerasTensor>(ReferenceEqualityComparer.Instance);
        foreach (Node node in Graph.Nodes)
        {
            if (!layers.TryGetValue(node.Layer, out Layer? layer))
            {
                layers[node.Layer] = layer = node.Layer.CloneLayer();
            }

            Node copy = node.IsInput ? layer.Nodes[0] : layer.ApplyNode(node.Call!.Map(t => tensors[t]));
            for (int i = 0; i < node.Outputs.Count; i++)
            {
                tensors[node.Outputs[i]] = copy.Outputs[i];
            }
        }

        var clone = new Functional(Graph.Inputs.Map(t => tensors[t]), Graph.Outputs.Map(t => tensors[t]), Name);
        clone.CopyTrainable(this);
        clone.PlaceBeside(this);
        return clone;
    }

    // The model's own flag, without touching those of its layers, which their configurations carry.
    internal void CopyTrainable(Model other) => SetOwnTrainable(other.Trainable);
}
