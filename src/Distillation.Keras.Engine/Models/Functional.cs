using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Models;
using Distillation.Keras.Saving;

namespace Distillation.Keras;

/// <summary>
/// A model that is a graph of layers between symbolic inputs and outputs; what <c>new Model(inputs, outputs)</c> makes, by its own name.
/// </summary>
/// <remarks>Thread-safety as of <see cref="Model"/>. Source: <c>keras/src/models/functional.py</c>.</remarks>
public class Functional : Model
{
    private Graph? _graph;

    /// <summary>A model from symbolic inputs to symbolic outputs.</summary>
    /// <param name="inputs">
    /// An <see cref="Layers.Input"/>, or an array for several. Tensors from the middle of another model become inputs of this one; the
    /// layers behind them are shared.
    /// </param>
    /// <param name="outputs">What to compute: a tensor, or an array for several.</param>
    /// <param name="name">The model's name.</param>
    /// <exception cref="ArgumentException">
    /// An output depends on an input that is not given, two layers have one name, or more than 100 models lie in each other.
    /// </exception>
    public Functional(KerasTensors inputs, KerasTensors outputs, string? name = null)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(outputs);
        SetGraph(Graph.Create(inputs, outputs));
        foreach (Layer layer in Graph.Layers)
        {
            Nesting.Enter(this, layer);
        }
    }

    /// <summary>A model from several symbolic inputs to several symbolic outputs, in F# given as arrays or lists.</summary>
    /// <param name="inputs">What <c>Input</c> gave, in the order in which data are given.</param>
    /// <param name="outputs">What layers gave, in the order of the results.</param>
    /// <param name="name">The model's name.</param>
    /// <exception cref="ArgumentException">An output depends on an input that is not given, or two layers have one name.</exception>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(-1)]
    public Functional(IEnumerable<KerasTensor> inputs, IEnumerable<KerasTensor> outputs, string? name = null)
        : this(
            new KerasTensors(inputs ?? throw new ArgumentNullException(nameof(inputs))),
            new KerasTensors(outputs ?? throw new ArgumentNullException(nameof(outputs))),
            name
        ) { }

    private protected Functional(string? name, bool trainable, DTypePolicy? dtype = null)
        : base(name, trainable, dtype) { }

    private Functional(Graph graph, string name)
        : base(name) => SetGraph(graph);

    internal override Graph? GraphOrNull => _graph;

    /// <summary>Makes a functional model with new weights from its configuration.</summary>
    /// <exception cref="ArgumentException">An argument is unknown or does not fit.</exception>
    /// <exception cref="NotSupportedException">A class is not known, or is refused.</exception>
    public static new Functional FromConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        KerasSerializer.RefuseUnreadable(config);
        return FunctionalConfig.Read(config);
    }

    /// <summary>A model for computing alone, whose layers may share names, as those of several nested models do.</summary>
    internal static Functional OfGraph(KerasTensors inputs, KerasTensors outputs, string name) =>
        new(Graph.Create(inputs, outputs, uniqueNames: false), name);

    internal override Action Remember()
    {
        Action others = base.Remember();
        Graph? graph = _graph;
        return () =>
        {
            others();
            _graph = graph;
            ForgetSignature();
        };
    }

    private protected void SetGraph(Graph? graph)
    {
        _graph = graph;
        BuildShapes = graph is null ? [] : [.. graph.Inputs.Items.Select(i => i.Shape)];
        Built = graph is not null;
        ForgetSignature();
    }
}
