using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// Computes a recurrent layer from the first step to the last one, and another one from the last to the first, and joins both.
/// </summary>
/// <remarks>
/// <para>
/// Input (batch, steps, ...), output as that of the layer, with twice its size for <c>"concat"</c>. The outputs of the second layer are
/// turned round where all steps are asked for. With <c>return_state</c> the states of the first layer follow, then those of the second one;
/// <c>initial_state</c> takes them in that order. Where the layers give all steps, a step that a mask leaves out has the output zero.
/// </para>
/// <para>
/// The layer that is given is not part of it: both layers are made anew with its arguments. Source:
/// <c>keras/src/layers/rnn/bidirectional.py</c>.
/// </para>
/// </remarks>
public sealed class Bidirectional : Layer
{
    private static readonly string[] Modes = ["sum", "mul", "ave", "concat"];

    [NDBorrowed]
    private readonly IReadOnlyList<NDArray>? _first;
    private JsonNode? _stateShapes;

    /// <inheritdoc cref="Bidirectional" path="/summary"/>
    /// <param name="layer">The recurrent layer; its arguments make the first of the two layers.</param>
    /// <param name="merge_mode">
    /// <c>"concat"</c> (the default), <c>"sum"</c>, <c>"mul"</c>, <c>"ave"</c>, or <see langword="null"/>: two outputs.
    /// </param>
    /// <param name="weights">First values of the weights: those of the first layer, then those of the second one.</param>
    /// <param name="backward_layer">
    /// The second layer, which is part of it; by default as the first one, the other way round. It goes the other way than
    /// <paramref name="layer"/>, and gives the same outputs.
    /// </param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Whether training changes the weights.</param>
    /// <param name="dtype">The type of the outputs; the layers have their own.</param>
    /// <exception cref="ArgumentException">The mode is another one, or the layers do not fit each other.</exception>
    public Bidirectional(
        RNN layer,
        string? merge_mode = "concat",
        IReadOnlyList<NDArray>? weights = null,
        RNN? backward_layer = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : this(layer, merge_mode, backward_layer, name, trainable, dtype) => _first = weights;

    [ConfigConstructor]
    [OverloadResolutionPriority(-1)]
    internal Bidirectional(
        RNN layer,
        string? merge_mode = "concat",
        RNN? backward_layer = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(name, trainable, dtype)
    {
        ArgumentNullException.ThrowIfNull(layer);
        if (merge_mode is not null && !Modes.Contains(merge_mode))
        {
            throw new ArgumentException(
                $"A merge_mode is {string.Join(", ", Modes.Select(m => $"\"{m}\""))} or null, but \"{merge_mode}\" was given.",
                nameof(merge_mode)
            );
        }

        MergeMode = merge_mode;
        Layer = AddLayer(Renamed(layer, "forward_", layer.GoBackwards));
        BackwardLayer = AddLayer(backward_layer ?? Renamed(layer, "backward_", goesBackwards: true));
        RefuseOthers();
        Layer.ZeroOutputForMask = ReturnSequences;
        BackwardLayer.ZeroOutputForMask = ReturnSequences;
    }

    /// <summary>The layer that goes from the first step to the last one.</summary>
    public RNN Layer { get; }

    /// <summary>The layer that goes from the last step to the first one.</summary>
    public RNN BackwardLayer { get; }

    /// <summary>How both outputs are joined; <see langword="null"/>: they are not.</summary>
    public string? MergeMode { get; }

    /// <summary>Whether the outputs of all steps are given.</summary>
    public bool ReturnSequences => Layer.ReturnSequences;

    /// <summary>Whether the states after the last step are given.</summary>
    public bool ReturnState => Layer.ReturnState;

    /// <summary>Whether a batch begins with the states that the batch before has ended with.</summary>
    public bool Stateful => Layer.Stateful;

    /// <inheritdoc cref="RNN.States"/>
    public IReadOnlyList<Variable> States => [.. Layer.States, .. BackwardLayer.States];

    internal override IEnumerable<(string Name, bool IsList, IReadOnlyList<Layer> Layers)> NamedSublayers =>
        [("forward_layer", false, [Layer]), ("backward_layer", false, [BackwardLayer])];

    internal override JsonObject? BuildConfig =>
        _stateShapes is null || BuildShapes.Count == 0
            ? base.BuildConfig
            : new JsonObject
            {
                ["shapes_dict"] = new JsonObject
                {
                    ["sequences_shape"] = ConfigWriter.ToJson(BuildShapes[0], "sequences_shape"),
                    ["initial_state_shape"] = _stateShapes.DeepClone(),
                },
            };

    internal override bool MayMakeMasks => false;

    /// <inheritdoc/>
    protected internal override bool SupportsMasking => true;

    /// <inheritdoc/>
    protected internal override IReadOnlyList<string> CallArguments => [RNN.InitialState];

    private IReadOnlyList<int> StateSize => [.. Layer.Cell.StateSize, .. BackwardLayer.Cell.StateSize];

    /// <summary>Lets the next batch begin with zeros.</summary>
    /// <exception cref="InvalidOperationException">The layers are not stateful.</exception>
    public void ResetState()
    {
        if (!Stateful)
        {
            throw new InvalidOperationException($"Bidirectional '{Name}' has no states to reset: its layers are not stateful.");
        }

        Layer.ResetState();
        BackwardLayer.ResetState();
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        if (inputShapes.Count > 1)
        {
            RNNCell.RefuseStates(this, StateSize, [.. inputShapes.Skip(1)], inputShapes[0][0], "the states behind its sequences");
        }

        IReadOnlyList<Shape> forward = Layer.ComputeOutputShapes([inputShapes[0]]);
        IReadOnlyList<Shape> backward = BackwardLayer.ComputeOutputShapes([inputShapes[0]]);
        if (MergeMode is not null and not "concat" && !forward[0].Equals(backward[0]))
        {
            throw new ArgumentException(
                $"Bidirectional '{Name}' joins outputs of one shape by \"{MergeMode}\", but its layers give {forward[0]} and "
                    + $"{backward[0]}. Give them as many units, or \"concat\"."
            );
        }

        IEnumerable<Shape> outputs =
            MergeMode is null ? [forward[0], backward[0]]
            : MergeMode == "concat" ? [forward[0].With(-1, forward[0][-1] + backward[0][-1])]
            : [forward[0]];
        return [.. outputs, .. forward.Skip(1), .. backward.Skip(1)];
    }

    /// <inheritdoc/>
    public override JsonObject GetConfig() =>
        ConfigKeys.Ordered(base.GetConfig(), ["name", "trainable", "dtype", "merge_mode", "layer", "backward_layer"]);

    internal override void ShareWeightsOf(Layer source)
    {
        base.ShareWeightsOf(source);
        Layer.ShareWeightsOf(((Bidirectional)source).Layer);
        BackwardLayer.ShareWeightsOf(((Bidirectional)source).BackwardLayer);
    }

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Tensor?> ComputeMask(LayerInputs<Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        int states = ReturnState ? StateSize.Count : 0;
        return ReturnSequences && inputs.Mask(0) is Tensor mask
            ? [mask, .. MergeMode is null ? [mask] : (Tensor?[])[], .. new Tensor?[states]]
            : [];
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        Layer.EnsureBuilt([inputShape], Device);
        BackwardLayer.EnsureBuilt([inputShape], Device);
        if (_first is not null)
        {
            int half = Layer.Weights.Count;
            Layer.SetWeights([.. _first.Take(half)]);
            BackwardLayer.SetWeights([.. _first.Skip(half)]);
        }
    }

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Tensor> ForwardAll(LayerInputs<Tensor> inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        using DisposeScope scope = NewDisposeScope();
        IReadOnlyList<Tensor> states = inputs.TensorsOf(RNN.InitialState);
        int half = states.Count == 0 ? 0 : Layer.Cell.StateSize.Count;
        IReadOnlyList<Tensor> forward = Layer.Invoke(Half(states.Take(half)), context).Tensors;
        IReadOnlyList<Tensor> backward = BackwardLayer.Invoke(Half(states.Skip(half)), context).Tensors;
        Tensor first = forward[0].to(Dtype.ComputeType);
        Tensor second = backward[0].to(Dtype.ComputeType);
        if (ReturnSequences)
        {
            second = second.flip(1);
        }

        IReadOnlyList<Tensor> outputs = MergeMode switch
        {
            "concat" => [cat([first, second], -1)],
            "sum" => [first.Plus(second)],
            "ave" => [first.Plus(second).Over(2)],
            "mul" => [first.mul(second)],
            _ => [first, second],
        };
        return RecurrentResults.Of([.. outputs, .. forward.Skip(1), .. backward.Skip(1)]);

        LayerInputs<Tensor> Half(IEnumerable<Tensor> own)
        {
            var call = new LayerInputs<Tensor>(inputs.Tensors[0]);
            call = inputs.HasMasks ? call.WithMasks([inputs.Mask(0)]) : call;
            return states.Count == 0 ? call : call.With(RNN.InitialState, own);
        }
    }

    private protected override LayerInputs<T> Arranged<T>(LayerInputs<T> inputs)
    {
        LayerInputs<T> arranged = RecurrentArguments.Arranged(this, inputs, StateSize);
        if (!Built)
        {
            _stateShapes = RecurrentArguments.ShapesOf(arranged, [StateSize]);
        }

        return arranged;
    }

    private static RNN Renamed(RNN layer, string prefix, bool goesBackwards)
    {
        string name = layer.Name.StartsWith(prefix, StringComparison.Ordinal) ? layer.Name : prefix + layer.Name;
        return (RNN)Copies.Of(layer, new Dictionary<string, object?> { ["name"] = name, ["go_backwards"] = goesBackwards });
    }

    private void RefuseOthers()
    {
        string? difference =
            Layer.GoBackwards == BackwardLayer.GoBackwards
                ? Invariant($"go the same way: go_backwards is {(Layer.GoBackwards ? "true" : "false")} of both")
            : Layer.Stateful != BackwardLayer.Stateful ? "differ in stateful"
            : Layer.ReturnSequences != BackwardLayer.ReturnSequences ? "differ in return_sequences"
            : Layer.ReturnState != BackwardLayer.ReturnState ? "differ in return_state"
            : null;
        if (difference is not null)
        {
            throw new ArgumentException(
                $"The layers of Bidirectional '{Name}' go different ways and give the same, but '{Layer.Name}' and "
                    + $"'{BackwardLayer.Name}' {difference}."
            );
        }
    }
}
