using Distillation.Keras.Backend;
using Distillation.Keras.Layers;
using Distillation.Keras.Models;
using Distillation.Keras.Saving;
using Distillation.Keras.Training;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <summary>
/// Layers that are trained and used as one: a graph between inputs and outputs, <c>new Model(inputs, outputs)</c>, or a class of one's own
/// that overrides <see cref="Forward"/>. A model is a layer too and can be part of another one.
/// </summary>
/// <remarks>
/// <para>
/// A class of one's own keeps its layers in fields, properties or lists and calls them in <see cref="Forward"/>, <c>_dense.Call(x)</c>; its
/// weights are made when it first sees data. It may override <see cref="TrainStep"/>, <see cref="TestStep"/> and <see cref="ComputeLoss"/>
/// as well, also over a graph, <c>: base(inputs, outputs)</c>.
/// </para>
/// <para>
/// <c>Predict</c>, <c>Evaluate</c> and <c>Call</c> (without training) may be called from many threads at once, also the first time; all
/// else may not: a model is built up, compiled, trained and given weights by one thread, and a second training beside a running one is
/// refused. It owns no tensors beside those of its layers, which may be shared with other models; <see cref="Release"/> frees them. Source:
/// <c>keras/src/models/model.py</c>.
/// </para>
/// </remarks>
public partial class Model : Layer, ICompilable
{
    // What computes a model that was made of inputs and outputs.
    private readonly Functional? _functional;

    private ModelSignature? _signature;

    /// <summary>A model from symbolic inputs to symbolic outputs, as <see cref="Functional"/>.</summary>
    /// <param name="inputs">
    /// An <see cref="Layers.Input"/>, or an array for several. Tensors from the middle of another model become inputs of this one; the
    /// layers behind them are shared.
    /// </param>
    /// <param name="outputs">What to compute: a tensor, or an array for several.</param>
    /// <param name="name">The model's name.</param>
    /// <exception cref="ArgumentException">
    /// An output depends on an input that is not given, two layers have one name, or more than 100 models lie in each other.
    /// </exception>
    public Model(KerasTensors inputs, KerasTensors outputs, string? name = null)
        : base(name)
    {
        _functional = new Functional(inputs, outputs, Name);
        foreach (Layer layer in _functional.Sublayers)
        {
            Nesting.Enter(this, layer);
        }

        BuildShapes = _functional.BuildShapes;
        Built = true;
    }

    /// <summary>A model from several symbolic inputs to several symbolic outputs, in F# given as arrays or lists.</summary>
    /// <param name="inputs">What <c>Input</c> gave, in the order in which data are given.</param>
    /// <param name="outputs">What layers gave, in the order of the results.</param>
    /// <param name="name">The model's name.</param>
    /// <exception cref="ArgumentException">An output depends on an input that is not given, or two layers have one name.</exception>
    /// <remarks>F# converts <c>[| a; b |]</c> to <see cref="KerasTensors"/> only where there are two constructors to choose from.</remarks>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(-1)]
    public Model(IEnumerable<KerasTensor> inputs, IEnumerable<KerasTensor> outputs, string? name = null)
        : this(
            new KerasTensors(inputs ?? throw new ArgumentNullException(nameof(inputs))),
            new KerasTensors(outputs ?? throw new ArgumentNullException(nameof(outputs))),
            name
        ) { }

    /// <summary>For classes of one's own.</summary>
    /// <param name="name">The model's name; by default made from the class name.</param>
    /// <param name="trainable">Whether training changes its weights.</param>
    /// <param name="dtype">The type that inputs of floating-point numbers are cast to; float32 by default.</param>
    protected Model(string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(name, trainable, dtype) { }

    /// <summary>The layers, of a graph with its inputs and in Keras' order. Functions of <see cref="Ops"/> are none, as in Keras.</summary>
    public virtual IReadOnlyList<Layer> Layers =>
        Sublayers is var all && all.Any(l => l is Operation) ? [.. all.Where(l => l is not Operation)] : all;

    /// <inheritdoc/>
    public override IReadOnlyList<Layer> Sublayers => GraphOrNull is Graph graph ? WithKept(graph.Layers) : base.Sublayers;

    /// <summary>The symbolic inputs of a graph; known as soon as the input shape is.</summary>
    /// <exception cref="InvalidOperationException">There is no graph.</exception>
    public IReadOnlyList<KerasTensor> Inputs => Graph.Inputs.Items;

    /// <summary>The symbolic outputs of a graph; known as soon as the input shape is.</summary>
    /// <exception cref="InvalidOperationException">There is no graph.</exception>
    public IReadOnlyList<KerasTensor> Outputs => Graph.Outputs.Items;

    /// <summary>
    /// The uses of layers between inputs and outputs, each after those that it depends on: what an exporter goes through.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is no graph.</exception>
    public IReadOnlyList<ModelStep> Steps =>
        [.. Graph.Nodes.Where(n => !n.IsInput).Select(n => new ModelStep(n.Layer, n.Call!, n.Outputs))];

    /// <inheritdoc/>
    public override KerasTensor Input =>
        Inputs.Count == 1 ? Inputs[0] : throw new InvalidOperationException($"The model '{Name}' has {Inputs.Count} inputs; see Inputs.");

    /// <inheritdoc/>
    public override KerasTensor Output =>
        Outputs.Count == 1
            ? Outputs[0]
            : throw new InvalidOperationException($"The model '{Name}' has {Outputs.Count} outputs; see Outputs.");

    internal override string ClassName => IsForeign ? base.ClassName : "Functional";

    internal override string Module => IsForeign ? base.Module : "keras.src.models.functional";

    internal override string? RegisteredName => IsForeign ? base.RegisteredName : "Functional";

    internal override IEnumerable<Layer> KeptLayers => GraphOrNull is Graph graph ? graph.Layers.Concat(base.KeptLayers) : base.KeptLayers;

    internal override bool SaysShape => Traits.SaysShape || (HasGraph && !ComputesItself);

    /// <inheritdoc/>
    protected internal override bool TakesStrings => true;

    internal override bool MayMakeMasks => GraphOrNull?.MayMakeMasks ?? true;

    /// <summary>What goes in and what comes out; known as soon as the weights are there.</summary>
    internal ModelSignature Signature =>
        _signature ??=
            GraphOrNull is not Graph graph ? ModelSignature.OfTrial(this)
            : ComputesItself ? ModelSignature.OfOverride(this, graph)
            : ModelSignature.Of(graph);

    internal bool HasGraph => GraphOrNull is not null;

    /// <summary>The graph between inputs and outputs, where there is one.</summary>
    internal virtual Graph? GraphOrNull => _functional?.GraphOrNull;

    internal Graph Graph =>
        GraphOrNull
        ?? throw new InvalidOperationException(
            IsForeign
                ? $"The model '{Name}' ({ClassName}) is a class of one's own, which computes in Forward: it has no graph, no symbolic "
                    + "inputs and outputs. What needs them takes a graph around it: new Model(x, model.Apply(x)); a teacher or student "
                    + "ends in a layer of the graph: new Model(x, new Dense(classes).Apply(model.Apply(x)))."
                : $"The model '{Name}' is not built: its input's shape is not known. Begin it with an Input(...), or call it on data first."
        );

    /// <summary>How many models lie around it, at most.</summary>
    internal int NestingLevel { get; set; }

    /// <summary>A layer by its name.</summary>
    /// <exception cref="ArgumentException">There is none of that name; the message has the nearest names.</exception>
    public Layer GetLayer(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Layers.FirstOrDefault(l => l.Name == name)
            ?? throw new ArgumentException(
                $"The model '{Name}' has no layer named '{name}'.{Nearest.Sentence(name, Layers.Select(l => l.Name))}",
                nameof(name)
            );
    }

    /// <summary>A layer by its place among <see cref="Layers"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such place.</exception>
    public Layer GetLayer(int index) =>
        index >= 0 && index < Layers.Count
            ? Layers[index]
            : throw new ArgumentOutOfRangeException(nameof(index), index, $"The model '{Name}' has {Layers.Count} layers.");

    /// <inheritdoc/>
    public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        if (GraphOrNull is not Graph graph || ComputesItself)
        {
            return base.ComputeOutputShapes(inputShapes);
        }

        if (inputShapes.Count != Inputs.Count)
        {
            throw new ArgumentException($"The model '{Name}' has {Inputs.Count} inputs, but got {inputShapes.Count}.");
        }

        for (int i = 0; i < inputShapes.Count; i++)
        {
            if (!Inputs[i].Shape.IsCompatibleWith(inputShapes[i]))
            {
                throw new ArgumentException(
                    $"The input '{Inputs[i].Name}' of '{Name}' takes the shape {Inputs[i].Shape}, but got {inputShapes[i]}."
                );
            }
        }

        return graph.OutputShapes(inputShapes);
    }

    /// <summary>
    /// Frees the weights of all layers and the optimizer's state now, instead of when the garbage collector comes to it. Other models that
    /// share layers lose them too.
    /// </summary>
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

    /// <summary>Computes the model. Without a graph it is for a class of one's own to override.</summary>
    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context) =>
        GraphOrNull is Graph graph ? graph.Run(new LayerInputs<Tensor>(input), context).Tensors[0] : base.Forward(input, context);

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Tensor> ForwardAll(LayerInputs<Tensor> inputs, CallContext context) =>
        GraphOrNull is Graph graph && !ComputesItself ? graph.Run(inputs, context).Tensors : base.ForwardAll(inputs, context);

    private protected override LayerOutputs Run(LayerInputs<Tensor> inputs, CallContext context) =>
        GraphOrNull is Graph graph && !ComputesItself ? graph.Run(inputs, context) : base.Run(inputs, context);

    // Fractions would be cut off by an input of integers. NaN may be looked at in a call, as nothing is trained.
    private protected override void CheckValues(IReadOnlyList<Tensor> inputs)
    {
        if (!HasGraph)
        {
            base.CheckValues(inputs);
            return;
        }

        for (int i = 0; i < inputs.Count && i < Signature.Inputs.Count; i++)
        {
            if (Signature.Inputs[i].HasOwnType || StringTensors.Are(inputs[i]))
            {
                DataChecks.Fit(this, i, inputs[i], nameof(inputs));
            }
            else
            {
                base.CheckValues([inputs[i]]);
            }
        }
    }

    private protected override void CheckTypes(IReadOnlyList<KerasTensor> inputs)
    {
        for (int i = 0; HasGraph && i < Math.Min(inputs.Count, Inputs.Count); i++)
        {
            if (inputs[i].DType == StringTensors.Name != (Inputs[i].DType == StringTensors.Name))
            {
                throw new ArgumentException(
                    $"The input '{Inputs[i].Name}' of '{Name}' takes {Inputs[i].DType}, but got '{inputs[i].Name}' of {inputs[i].DType}: "
                        + "strings do not become numbers, nor numbers strings.",
                    nameof(inputs)
                );
            }

            if (!inputs[i].IsWhole && !Inputs[i].IsFloating)
            {
                throw new ArgumentException(
                    $"The input '{Inputs[i].Name}' of '{Name}' takes {Inputs[i].DType}, but got '{inputs[i].Name}' of {inputs[i].DType}, "
                        + $"whose fractions would be cut off. Give both one dtype: Input(dtype: \"{Inputs[i].DType}\").",
                    nameof(inputs)
                );
            }
        }
    }

    // A graph casts by its inputs; a class of one's own gets numbers in its type, and integers as they are.
    private protected override bool IsOfType(Tensor input) => HasGraph || input.dtype == Dtype.ComputeType || !input.is_floating_point();

    private protected override string OutputDType(IReadOnlyList<KerasTensor> inputs) => HasGraph ? Outputs[0].DType : Dtype.ComputeName;

    private protected void ForgetSignature() => _signature = null;

    private protected override string? NoPenaltyReason =>
        this is Functional or Sequential || _functional is not null
            ? "a model of layers has no argument of that name. Give it to its last layer."
            : null;

    // A class over a graph may compute in another way.
    private bool ComputesItself => Traits.ComputesItself;

    private IReadOnlyList<Layer> WithKept(IReadOnlyList<Layer> layers) =>
        IsForeign && base.Sublayers is { Count: > 0 } own ? [.. layers.Union(own)] : layers;
}
