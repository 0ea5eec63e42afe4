using Distillation.Keras.Backend;
using Distillation.Keras.Layers;
using Distillation.Keras.Models;
using Distillation.Keras.Saving;
using Distillation.Keras.Training;
using static TorchSharp.torch;
using InputLayer = Distillation.Keras.Layers.Input;

namespace Distillation.Keras;

/// <summary>Layers between inputs and outputs, to be trained and used as one. A model is a layer too and can be part of another one.</summary>
/// <remarks>
/// <c>Predict</c>, <c>Evaluate</c> and <c>Call</c> (without training) may be called from many threads at once, also the first time; all else may not: a model is
/// built up, compiled, trained and given weights by one thread, and a second training beside a running one is refused. It owns no tensors beside those of its layers, which may be shared with other models; <see cref="Release"/> frees them.
/// Source: <c>keras/src/models/model.py</c>, <c>functional.py</c>.
/// </remarks>
[KerasName("Functional")]
public partial class Model : Layer
{
    private Graph? _graph;

    /// <summary>A model from symbolic inputs to symbolic outputs.</summary>
    /// <param name="inputs">An <see cref="Layers.Input"/>, or an array for several. Tensors from the middle of another model become inputs of this one; the layers behind them are shared.</param>
    /// <param name="outputs">What to compute: a tensor, or an array for several.</param>
    /// <param name="name">The model's name.</param>
    /// <exception cref="ArgumentException">An output depends on an input that is not given, two layers have one name, or more than 100 models lie in each other.</exception>
    public Model(KerasTensors inputs, KerasTensors outputs, string? name = null)
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
    /// <param name="inputs">As there.</param>
    /// <param name="outputs">As there.</param>
    /// <param name="name">The model's name.</param>
    /// <exception cref="ArgumentException">An output depends on an input that is not given, or two layers have one name.</exception>
    /// <remarks>F# converts <c>[| a; b |]</c> to <see cref="KerasTensors"/> only where there are two constructors to choose from.</remarks>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(-1)]
    public Model(IEnumerable<KerasTensor> inputs, IEnumerable<KerasTensor> outputs, string? name = null)
        : this(new KerasTensors(inputs), new KerasTensors(outputs), name)
    {
    }

    private Model(Graph graph, string name)
        : base(name) => SetGraph(graph);

    private protected Model(string? name, bool trainable)
        : base(name, trainable)
    {
    }

    /// <summary>The layers, inputs among them, in Keras' order.</summary>
    public virtual IReadOnlyList<Layer> Layers => Graph.Layers;

    /// <summary>The symbolic inputs; known as soon as the input shape is.</summary>
    public IReadOnlyList<KerasTensor> Inputs => Graph.Inputs.Items;

    /// <summary>The symbolic outputs; known as soon as the input shape is.</summary>
    public IReadOnlyList<KerasTensor> Outputs => Graph.Outputs.Items;

    /// <inheritdoc/>
    public override KerasTensor Input => Inputs.Count == 1 ? Inputs[0] : throw new InvalidOperationException($"The model '{Name}' has {Inputs.Count} inputs; see Inputs.");

    /// <inheritdoc/>
    public override KerasTensor Output => Outputs.Count == 1 ? Outputs[0] : throw new InvalidOperationException($"The model '{Name}' has {Outputs.Count} outputs; see Outputs.");

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Weights => Distinct(l => l.Weights);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> TrainableWeights => Trainable ? Distinct(l => l.TrainableWeights) : [];

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> NonTrainableWeights => Trainable ? Distinct(l => l.NonTrainableWeights) : Weights;

    /// <inheritdoc/>
    public override bool Trainable
    {
        get => base.Trainable;
        set
        {
            base.Trainable = value;
            foreach (Layer layer in ListedLayers)
            {
                layer.Trainable = value;
            }
        }
    }

    internal override string ClassName => "Functional";

    internal override string Module => "keras.src.models.functional";

    internal override string? RegisteredName => "Functional";

    internal override IEnumerable<Variable> ChangingWeights => ListedLayers.SelectMany(l => l.ChangingWeights);

    internal override IEnumerable<Variable> RegularizedWeights => Trainable ? ListedLayers.SelectMany(l => l.RegularizedWeights).Distinct() : [];

    /// <summary>The names of the outputs, by which losses, metrics and logs of models with several outputs are known.</summary>
    internal IReadOnlyList<string> OutputNames => [.. Outputs.Select(o => o.Name)];

    internal bool HasGraph => _graph is not null;

    internal Graph Graph => _graph ?? throw new InvalidOperationException(
        $"The model '{Name}' is not built: its input's shape is not known. Begin it with an Input(...), or call it on data first.");

    /// <summary>The layers, also before the input's shape is known.</summary>
    internal virtual IReadOnlyList<Layer> ListedLayers => Layers;

    /// <summary>How many models lie around it, at most.</summary>
    internal int NestingLevel { get; set; }

    /// <summary>A model for computing alone, whose layers may share names, as those of several nested models do.</summary>
    internal static Model OfGraph(KerasTensors inputs, KerasTensors outputs, string name) => new(Graph.Create(inputs, outputs, uniqueNames: false), name);

    /// <summary>A layer by its name.</summary>
    /// <exception cref="ArgumentException">There is none of that name; the message has the nearest names.</exception>
    public Layer GetLayer(string name) => ListedLayers.FirstOrDefault(l => l.Name == name)
        ?? throw new ArgumentException($"The model '{Name}' has no layer named '{name}'.{Nearest.Sentence(name ?? string.Empty, ListedLayers.Select(l => l.Name))}", nameof(name));

    /// <summary>A layer by its place among <see cref="Layers"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such place.</exception>
    public Layer GetLayer(int index) => index >= 0 && index < ListedLayers.Count
        ? ListedLayers[index]
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"The model '{Name}' has {ListedLayers.Count} layers.");

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => ComputeOutputShapes([inputShape])[0];

    /// <inheritdoc/>
    public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        if (inputShapes.Count != Inputs.Count)
        {
            throw new ArgumentException($"The model '{Name}' has {Inputs.Count} inputs, but got {inputShapes.Count}.", nameof(inputShapes));
        }

        for (int i = 0; i < inputShapes.Count; i++)
        {
            if (!Inputs[i].Shape.IsCompatibleWith(inputShapes[i]))
            {
                throw new ArgumentException($"The input '{Inputs[i].Name}' of '{Name}' takes the shape {Inputs[i].Shape}, but got {inputShapes[i]}.", nameof(inputShapes));
            }
        }

        return Graph.OutputShapes(inputShapes);
    }

    /// <summary>Frees the weights of all layers and the optimizer's state now, instead of when the garbage collector comes to it. Other models that share layers lose them too.</summary>
    public void Release()
    {
        foreach (Variable weight in Weights)
        {
            weight.Release();
        }

        ReleaseState();
        _compilation?.Optimizer.Release();
        ReleaseTraining();
    }

    internal override void ReleaseState()
    {
        foreach (Layer layer in ListedLayers)
        {
            layer.ReleaseState();
        }
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context) => Graph.Run([input], context)[0];

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Tensor> ForwardAll(IReadOnlyList<Tensor> inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        Tensor[] cast = new Tensor[inputs.Count];
        for (int i = 0; i < cast.Length; i++)
        {
            ScalarType type = ((InputLayer)Inputs[i].Node.Layer).ScalarType;
            cast[i] = inputs[i].dtype == type ? inputs[i] : inputs[i].to(type);
        }

        IReadOnlyList<Tensor> outputs = Graph.Run(cast, context);
        DisposeCasts(inputs, cast, outputs);
        return outputs;
    }

    internal override Action Remember()
    {
        Action others = base.Remember();
        Graph? graph = _graph;
        return () =>
        {
            others();
            _graph = graph;
        };
    }

    // Fractions would be cut off by an input of integers. NaN may be looked at in a call, as nothing is trained.
    private protected override void CheckValues(IReadOnlyList<Tensor> inputs)
    {
        for (int i = 0; i < inputs.Count; i++)
        {
            switch (((InputLayer)Inputs[i].Node.Layer).ScalarType)
            {
                case ScalarType.Float32:
                    ValueChecks.BeyondFloat32(inputs[i], nameof(inputs));
                    break;
                case not ScalarType.Float64:
                    DataChecks.Fit(this, i, inputs[i], nameof(inputs));
                    break;
            }
        }
    }

    private protected override void CheckTypes(IReadOnlyList<KerasTensor> inputs)
    {
        for (int i = 0; HasGraph && i < Math.Min(inputs.Count, Inputs.Count); i++)
        {
            if (IsFloating(inputs[i]) && !IsFloating(Inputs[i]))
            {
                throw new ArgumentException(
                    $"The input '{Inputs[i].Name}' of '{Name}' takes {Inputs[i].DType}, but got '{inputs[i].Name}' of {inputs[i].DType}, whose fractions would be cut off. Give both one dtype: Input(dtype: \"{Inputs[i].DType}\").", nameof(inputs));
            }
        }
    }

    private protected override Tensor Cast(Tensor input) => input;

    private protected override string OutputDType(IReadOnlyList<KerasTensor> inputs) => Outputs[0].DType;

    private protected void SetGraph(Graph? graph)
    {
        _graph = graph;
        BuildShapes = graph is null ? [] : [.. graph.Inputs.Items.Select(i => i.Shape)];
        Built = graph is not null;
    }

    private static bool IsFloating(KerasTensor tensor) => tensor.DType.Contains("float", StringComparison.Ordinal);

    private IReadOnlyList<Variable> Distinct(Func<Layer, IReadOnlyList<Variable>> weights) => [.. ListedLayers.SelectMany(weights).Distinct()];
}
