using Distillation.Keras.Backend;
using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Models;

/// <summary>
/// The uses of layers between a model's inputs and outputs, in an order in which they can be computed: a flat list of steps over numbered
/// slots.
/// </summary>
/// <remarks>
/// Layers are listed in Keras' order (by depth, then as found from the outputs), which is the order of a model's weights.
/// </remarks>
internal sealed partial class Graph
{
    // Below it, looking for free memory would cost more than the values do.
    private const double UnaskedBytes = 1 << 28;

    private readonly Step[] _steps;
    private readonly int[] _inputSlots;
    private readonly ScalarType[] _inputTypes;
    private readonly int[] _outputSlots;
    private readonly int _slotCount;
    private readonly bool _isOpen;
    private readonly KerasTensor? _largest;
    private readonly double _largestRow;
    private Shape[] _checked = [];

    private Graph(KerasTensors inputs, KerasTensors outputs, IReadOnlyList<Node> nodes, IReadOnlyList<Layer> layers)
    {
        Inputs = inputs;
        Outputs = outputs;
        Nodes = nodes;
        Layers = layers;
        var slots = new Dictionary<KerasTensor, int>(ReferenceEqualityComparer.Instance);
        foreach (KerasTensor tensor in nodes.SelectMany(n => n.Outputs))
        {
            slots[tensor] = slots.Count;
        }

        _slotCount = slots.Count;
        _isOpen = slots.Keys.Any(t => t.Shape.Skip(1).Contains(null));
        _largest = slots.Keys.Where(t => t.Shape.Rank > 0).MaxBy(t => t.Shape.From(1).Elements);
        _largestRow = (double)(_largest?.Shape.From(1).Elements ?? 0);
        _inputSlots = [.. inputs.Items.Select(t => slots[t])];
        _inputTypes = [.. inputs.Items.Select(t => ((Input)t.Node.Layer).ScalarType)];
        _outputSlots = [.. outputs.Items.Select(t => slots[t])];
        int[] lastUse = new int[_slotCount];
        bool[] used = new bool[_slotCount];
        Node[] computed = [.. nodes.Where(n => !n.IsInput)];
        for (int i = 0; i < computed.Length; i++)
        {
            foreach (KerasTensor input in computed[i].Inputs)
            {
                lastUse[slots[input]] = i;
                used[slots[input]] = true;
            }
        }

        _steps = new Step[computed.Length];
        for (int i = 0; i < computed.Length; i++)
        {
            int step = i;
            LayerInputs<KerasTensor> call = computed[i].Call!;
            bool isPlain = call.Arguments.Count == 0 && !call.HasMasks;
            int[] ins = [.. computed[i].Inputs.Select(t => slots[t])];
            int[] outs = [.. computed[i].Outputs.Select(t => slots[t])];
            int[] free =
            [
                .. ins.Distinct().Where(s => lastUse[s] == step && !_outputSlots.Contains(s) && !_inputSlots.Contains(s)),
                .. outs.Where(s => !used[s] && !_outputSlots.Contains(s)),
            ];
            bool logits = computed[i].Layer.MakesProbabilities && outs.Any(_outputSlots.Contains);
            Shape[]? declared = computed[i].Layer.IsForeign ? [.. computed[i].Outputs.Select(t => t.Shape)] : null;
            _steps[i] = new Step(computed[i].Layer, call, isPlain ? null : slots, ins, outs, free, logits, declared);
        }

        MayMakeMasks = computed.Any(n => n.Layer.MayMakeMasks);
    }

    public KerasTensors Inputs { get; }

    public KerasTensors Outputs { get; }

    /// <summary>The uses of layers, each after those that it depends on.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>Whether masks may come up in it where its inputs have none.</summary>
    public bool MayMakeMasks { get; }

    /// <summary>The layers, each once.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    /// <summary>The graph between inputs and outputs.</summary>
    /// <exception cref="ArgumentException">An output does not depend on the inputs alone, or two layers have one name.</exception>
    /// <param name="inputs">The inputs.</param>
    /// <param name="outputs">The outputs.</param>
    /// <param name="uniqueNames">
    /// Whether two layers of one name are refused, as by users' models, which are saved and looked into by names.
    /// </param>
    public static Graph Create(KerasTensors inputs, KerasTensors outputs, bool uniqueNames = true)
    {
        if (inputs.Items.Count == 0 || outputs.Items.Count == 0)
        {
            throw new ArgumentException("A model needs at least one input and one output.");
        }

        if (inputs.Items.Distinct().Count() != inputs.Items.Count)
        {
            throw new ArgumentException("The same tensor is given twice among the model's inputs.");
        }

        if (inputs.Items.Any(t => !t.Node.IsInput))
        {
            (inputs, outputs) = WithNewInputs(inputs, outputs);
        }

        (List<Node> order, Dictionary<Layer, int> found) = Traverse(inputs, outputs);
        Dictionary<Node, int> nodeDepth = Depths(order, found, inputs, out Dictionary<Layer, int> layerDepth);
        Layer[] layers = [.. layerDepth.Keys.OrderByDescending(l => layerDepth[l]).ThenBy(l => found[l])];
        string[] twice = [.. layers.GroupBy(l => l.Name).Where(g => g.Count() > 1).Select(g => $"'{g.Key}'")];
        if (uniqueNames && twice.Length > 0)
        {
            throw new ArgumentException(
                $"The layers of a model have different names, but {string.Join(", ", twice)} is used by several. Give one of them "
                    + "another name."
            );
        }

        Node[] nodes = [.. nodeDepth.Keys.OrderByDescending(n => nodeDepth[n]).ThenBy(n => order.IndexOf(n))];
        return new Graph(inputs, outputs, nodes, layers);
    }

    /// <summary>Computes the outputs.</summary>
    /// <param name="inputs">One tensor for each input, of the right shape, with its mask.</param>
    /// <param name="context">The mode and random numbers of the call.</param>
    /// <returns>
    /// The outputs with their masks. Tensors in between are disposed as soon as they are not needed, unless gradients are recorded and a
    /// dispose scope is open, which does it; what gradients need of them is held by the outputs.
    /// </returns>
    public LayerOutputs Run(LayerInputs<Tensor> inputs, CallContext context)
    {
        CheckShapes(inputs.Tensors);
        var slots = new Tensor[_slotCount];
        Tensor?[]? masks = MayMakeMasks || inputs.HasMasks ? new Tensor?[_slotCount] : null;
        for (int i = 0; i < _inputSlots.Length; i++)
        {
            slots[_inputSlots[i]] = Cast(inputs.Tensors[i], _inputTypes[i]);
            if (masks is not null)
            {
                masks[_inputSlots[i]] = inputs.Mask(i);
            }
        }

        bool free = !is_grad_enabled() || CurrentDisposeScope is null;
        bool keepLogits = Layer.KeepsLogits;
        foreach (Step step in _steps)
        {
            LayerOutputs results = step.Layer.Invoke(step.Gather(slots, masks), context);
            if (step.Declared is not null)
            {
                ForeignOutputs.CheckShapes(step.Layer, step.Declared, results.Tensors);
            }

            for (int i = 0; i < step.Outputs.Length; i++)
            {
                slots[step.Outputs[i]] = results.Tensors[i];
                if (masks is not null)
                {
                    masks[step.Outputs[i]] = results.Mask(i);
                }
            }

            if (free && !(keepLogits && step.KeepsLogits && step.MadeProbabilities(slots)))
            {
                Free(step, slots, masks);
            }
        }

        Tensor[] outputs = new Tensor[_outputSlots.Length];
        for (int i = 0; i < outputs.Length; i++)
        {
            outputs[i] = slots[_outputSlots[i]];
        }

        DisposeCasts(inputs, slots, outputs);
        return new LayerOutputs(outputs, masks is null ? [] : OutputMasks(inputs, masks, outputs, free));
    }

    private static Tensor Cast(Tensor input, ScalarType type) => input.dtype == type ? input : input.to(type);

    // Disposes what was cast for this run alone, but not where a layer handed it through.
    private void DisposeCasts(LayerInputs<Tensor> inputs, Tensor[] slots, Tensor[] outputs)
    {
        for (int i = 0; i < _inputSlots.Length; i++)
        {
            Tensor cast = slots[_inputSlots[i]];
            if (!ReferenceEquals(cast, inputs.Tensors[i]) && !outputs.Holds(cast) && !Array.Exists(outputs, o => Logits.IsOf(o, cast)))
            {
                cast.Dispose();
            }
        }
    }

    // Masks in between are small, and go all at once.
    private Tensor?[] OutputMasks(LayerInputs<Tensor> inputs, Tensor?[] masks, Tensor[] results, bool free)
    {
        Tensor?[] outputs = Array.ConvertAll(_outputSlots, s => masks[s]);
        if (free)
        {
            Tensor[] kept =
            [
                .. outputs.Concat(inputs.Tensors.Select((_, i) => inputs.Mask(i))).OfType<Tensor>(),
                .. inputs.Tensors,
                .. results,
            ];
            foreach (Tensor mask in masks.OfType<Tensor>().Where(m => !kept.Holds(m)))
            {
                mask.Dispose();
            }
        }

        return Array.Exists(outputs, m => m is not null) ? outputs : [];
    }

    // A size that was unknown when the layers were put together may not fit now; and what one batch takes depends on the batch.
    private void CheckShapes(IReadOnlyList<Tensor> inputs)
    {
        if (_isOpen)
        {
            Shape[] shapes = [.. inputs.Select(t => Shape.FromSizes(t.shape))];
            if (!shapes.SequenceEqual(_checked))
            {
                OutputShapes(shapes);
                _checked = shapes;
            }
        }
        else if (_largest is not null && inputs[0].dim() > 0)
        {
            double bytes = _largestRow * inputs[0].size(0) * sizeof(float);
            if (bytes > UnaskedBytes && inputs[0].device_type == DeviceType.CPU)
            {
                SystemMemory.Require(
                    Invariant(
                        $"The {_largest.Node.Layer.ClassName} '{_largest.Name}' makes an output of shape {_largest.Shape} for a batch of "
                            + $"{inputs[0].size(0)}, which"
                    ),
                    bytes
                );
            }
        }
    }

    /// <summary>The outputs' shapes for other inputs' shapes.</summary>
    public IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        var shapes = new Shape[_slotCount];
        for (int i = 0; i < _inputSlots.Length; i++)
        {
            shapes[_inputSlots[i]] = inputShapes[i];
        }

        foreach (Step step in _steps)
        {
            IReadOnlyList<Shape> results = step.Layer.OutputShapesFor(
                step.Call,
                [.. step.Inputs.Take(step.Call.Tensors.Count).Select(s => shapes[s])]
            );
            for (int i = 0; i < step.Outputs.Length; i++)
            {
                shapes[step.Outputs[i]] = results[i];
            }
        }

        return [.. _outputSlots.Select(s => shapes[s])];
    }

    // A layer may hand its input through as the same object, so a tensor goes only when no other slot holds it. One that is a mask, too,
    // goes with the masks.
    private static void Free(Step step, Tensor[] slots, Tensor?[]? masks)
    {
        foreach (int slot in step.FreeAfter)
        {
            Tensor tensor = slots[slot];
            slots[slot] = null!;
            if (
                tensor is not null
                && !Array.Exists(slots, t => ReferenceEquals(t, tensor))
                && (masks is null || !Array.Exists(masks, m => ReferenceEquals(m, tensor)))
            )
            {
                tensor.Dispose();
            }
        }
    }

    private sealed record Step(
        Layer Layer,
        LayerInputs<KerasTensor> Call,
        Dictionary<KerasTensor, int>? Slots,
        int[] Inputs,
        int[] Outputs,
        int[] FreeAfter,
        bool KeepsLogits,
        Shape[]? Declared
    )
    {
        // Keras hands on the masks of tensors to layers with one tensor, or with arguments for the masks of each.
        private bool TakesNoMaskBesideStates => Layer is RNN or Bidirectional && Call.Arguments.ContainsKey(RNN.InitialState);

        // Activation is a layer of any function.
        public bool MadeProbabilities(Tensor[] slots) =>
            Array.Exists(Outputs, o => Array.Exists(Inputs, i => Logits.IsOf(slots[o], slots[i])));

        public LayerInputs<Tensor> Gather(Tensor[] slots, Tensor?[]? masks)
        {
            if (Slots is not null)
            {
                LayerInputs<Tensor> named = Call.Map(t => slots[Slots[t]]);
                return named.HasMasks || masks is null || TakesNoMaskBesideStates
                    ? named
                    : named.WithMasks(Array.ConvertAll(Inputs[..Call.Tensors.Count], i => masks[i]));
            }

            Tensor[] tensors = new Tensor[Inputs.Length];
            Tensor?[]? own = null;
            for (int i = 0; i < tensors.Length; i++)
            {
                tensors[i] = slots[Inputs[i]];
                if (masks?[Inputs[i]] is Tensor mask)
                {
                    (own ??= new Tensor?[tensors.Length])[i] = mask;
                }
            }

            return Call.On(tensors, own);
        }
    }
}
