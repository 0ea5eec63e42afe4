using System.Text.Json.Nodes;
using Distillation.Keras.Saving;
using Distillation.Keras.State;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Computes a cell at each step of sequences, each time with the states of the step before.</summary>
/// <remarks>
/// <para>
/// Input (batch, steps, ...), output (batch, size), or (batch, steps, size) with <c>return_sequences</c>; with <c>return_state</c> the
/// states (batch, size) behind it. A mask (batch, steps) says which steps count: another one leaves the states as they were, and its output
/// is that of the step before. What the first step begins with is <c>initial_state</c>, given by name, or as further inputs behind the
/// sequences. Beside it a model hands on no mask of the sequences, as in Keras: one is given with the call.
/// </para>
/// <para>Source: <c>keras/src/layers/rnn/rnn.py</c>.</para>
/// </remarks>
public class RNN : Layer
{
    /// <summary>The name of the argument with the states that the first step begins with.</summary>
    internal const string InitialState = "initial_state";

    private RecurrentState? _state;
    private JsonNode? _stateShapes;

    /// <inheritdoc cref="RNN" path="/summary"/>
    /// <param name="cell">What is computed at each step.</param>
    /// <param name="return_sequences">Whether the outputs of all steps are given, or that of the last one.</param>
    /// <param name="return_state">Whether the states after the last step are given behind the output.</param>
    /// <param name="go_backwards">
    /// Whether the steps are computed from the last to the first one; the outputs are in that order, too.
    /// </param>
    /// <param name="stateful">
    /// Whether a batch begins with the states that the batch before has ended with, row by row; see <see cref="ResetState()"/>.
    /// </param>
    /// <param name="unroll">Whether the number of steps must be known. It is computed in the same way.</param>
    /// <param name="zero_output_for_mask">
    /// Whether the output of a step that a mask leaves out is zero, and not that of the step before.
    /// </param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Whether training changes the weights.</param>
    /// <param name="dtype">The type of the outputs; the cell has its own.</param>
    [ConfigConstructor]
    public RNN(
        RNNCell cell,
        bool return_sequences = false,
        bool return_state = false,
        bool go_backwards = false,
        bool stateful = false,
        bool unroll = false,
        bool zero_output_for_mask = false,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(name, trainable, dtype)
    {
        ArgumentNullException.ThrowIfNull(cell);
        Cell = AddLayer(cell);
        ReturnSequences = return_sequences;
        ReturnState = return_state;
        GoBackwards = go_backwards;
        Stateful = stateful;
        Unroll = unroll;
        ZeroOutputForMask = zero_output_for_mask;
    }

    /// <summary>
    /// Computes several cells at each step, of which each gets the output of the one before: <see cref="StackedRNNCells"/>.
    /// </summary>
    /// <inheritdoc cref="RNN(RNNCell, bool, bool, bool, bool, bool, bool, string, bool, DTypePolicy)"/>
    public RNN(
        IEnumerable<RNNCell> cell,
        bool return_sequences = false,
        bool return_state = false,
        bool go_backwards = false,
        bool stateful = false,
        bool unroll = false,
        bool zero_output_for_mask = false,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : this(
            new StackedRNNCells(cell ?? throw new ArgumentNullException(nameof(cell))),
            return_sequences,
            return_state,
            go_backwards,
            stateful,
            unroll,
            zero_output_for_mask,
            name,
            trainable,
            dtype
        ) { }

    /// <summary>What is computed at each step.</summary>
    public RNNCell Cell { get; }

    /// <summary>Whether the outputs of all steps are given.</summary>
    public bool ReturnSequences { get; }

    /// <summary>Whether the states after the last step are given.</summary>
    public bool ReturnState { get; }

    /// <summary>Whether the steps are computed from the last to the first one.</summary>
    public bool GoBackwards { get; }

    /// <summary>Whether a batch begins with the states that the batch before has ended with.</summary>
    public bool Stateful { get; }

    /// <summary>Whether the number of steps must be known.</summary>
    public bool Unroll { get; }

    /// <summary>Whether the output of a step that a mask leaves out is zero.</summary>
    public bool ZeroOutputForMask { get; internal set; }

    /// <summary>
    /// The states that the next batch begins with, where it is <see cref="Stateful"/>: no weights, which training and files leave alone.
    /// Empty before the layer is built.
    /// </summary>
    public IReadOnlyList<Variable> States => _state?.Variables ?? [];

    internal override IEnumerable<(string Name, bool IsList, IReadOnlyList<Layer> Layers)> NamedSublayers =>
        [("cell", false, [Cell]), .. SublayerSearch.Named(this)];

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

    /// <inheritdoc/>
    protected internal override bool SupportsMasking => true;

    /// <inheritdoc/>
    protected internal override IReadOnlyList<string> CallArguments => [InitialState];

    /// <summary>How many axes its sequences have; <see langword="null"/>: three or more.</summary>
    private protected virtual int? SequenceRank => null;

    /// <summary>Lets the next batch begin with zeros.</summary>
    /// <remarks>Does nothing where it is not <see cref="Stateful"/> or not built yet, as in Keras.</remarks>
    public void ResetState() => _state?.Reset();

    /// <inheritdoc/>
    public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        Shape input = inputShapes[0];
        RefuseInput(input);
        if (inputShapes.Count > 1)
        {
            RNNCell.RefuseStates(this, Cell.StateSize, [.. inputShapes.Skip(1)], input[0], "the states behind its sequences");
        }

        Shape[] step = [StepShape(input)];
        if (Cell.Built)
        {
            _ = Cell.ComputeOutputShapes([.. step, .. Cell.StateSize.Select(s => new Shape([input[0], s]))]);
        }

        Shape output = ReturnSequences ? new Shape([input[0], input[1], Cell.OutputSize]) : new Shape([input[0], Cell.OutputSize]);
        return ReturnState ? [output, .. Cell.StateSize.Select(s => new Shape([input[0], s]))] : [output];
    }

    /// <inheritdoc/>
    public override JsonObject GetConfig()
    {
        JsonObject config = base.GetConfig();
        return config.ContainsKey("cell") && config.ContainsKey("zero_output_for_mask")
            ? ConfigKeys.Moved(config, "cell", behind: "zero_output_for_mask")
            : config;
    }

    internal override void ReleaseState()
    {
        base.ReleaseState();
        _state?.Release();
        _state = null;
    }

    internal override void ShareWeightsOf(Layer source)
    {
        base.ShareWeightsOf(source);
        Cell.ShareWeightsOf(((RNN)source).Cell);
    }

    internal override Action Remember()
    {
        Action inner = base.Remember();
        (RecurrentState? state, JsonNode? shapes) = (_state, _stateShapes);
        return () =>
        {
            inner();
            (_state, _stateShapes) = (state, shapes);
        };
    }

    /// <inheritdoc/>
    protected internal override void ExchangeState(StateExchange state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _state?.Exchange(state);
    }

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Tensor?> ComputeMask(LayerInputs<Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return ReturnSequences && inputs.Mask(0) is Tensor mask ? [mask, .. ReturnState ? new Tensor?[Cell.StateSize.Count] : []] : [];
    }

    internal override bool MayMakeMasks => false;

    internal override bool? TrainingInKeras => false;

    internal override bool MixesRows(bool training) => Stateful || base.MixesRows(training);

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        RefuseInput(inputShape);
        if (Stateful && inputShape[0] is null && !ShapeTrial.IsRunning)
        {
            throw new ArgumentException(
                $"{ClassName} '{Name}' is stateful: a batch goes on where the one before has ended, row by row, so that the batches' size "
                    + $"is to be known, but the input's shape is {inputShape}. Give it, new Input(..., batch_size: 32), and batches of "
                    + "that size alone."
            );
        }

        Cell.EnsureBuilt([StepShape(inputShape)], Device);
        if (Stateful && inputShape[0] is int batch)
        {
            using DisposeScope scope = NewDisposeScope();
            _state = new RecurrentState(this, batch, Cell.GetInitialState(batch));
        }
    }

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Tensor> ForwardAll(LayerInputs<Tensor> inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        using DisposeScope scope = NewDisposeScope();
        Tensor sequences = inputs.Tensors[0];
        Tensor? mask = inputs.Mask(0) is Tensor given ? RecurrentMask.Of(this, sequences, given) : null;
        if (sequences.shape[1] == 0)
        {
            throw new ArgumentException($"{ClassName} '{Name}' takes sequences of at least one step, but there is none.", nameof(inputs));
        }

        RefuseUse(mask is not null, context);
        IReadOnlyList<Tensor> states = Before(inputs, sequences);
        if (GoBackwards)
        {
            sequences = sequences.flip(1);
            mask = mask?.flip(1);
        }

        RecurrentOutputs outputs = Cell.Run(new RecurrentInputs(sequences, states, mask, ReturnSequences, ZeroOutputForMask), context);
        if (!ShapeTrial.IsRunning)
        {
            _state?.Keep(outputs.States);
        }

        Tensor output = ReturnSequences ? outputs.All! : outputs.Last;
        IReadOnlyList<Tensor> results = ReturnState ? [output, .. outputs.States] : [output];
        return RecurrentResults.Of([.. results.Select(r => r.to(Dtype.ComputeType))]);
    }

    /// <summary>Refuses a call that cannot be computed as it is asked for.</summary>
    private protected virtual void RefuseUse(bool isMasked, CallContext context) { }

    /// <summary>Further inputs are the states that the first step begins with.</summary>
    private protected override LayerInputs<T> Arranged<T>(LayerInputs<T> inputs)
    {
        LayerInputs<T> arranged = RecurrentArguments.Arranged(this, inputs, Cell.StateSize);
        if (!Built)
        {
            _stateShapes = RecurrentArguments.ShapesOf(arranged, Cell.StateSizes);
        }

        return arranged;
    }

    private IReadOnlyList<Tensor> Before(LayerInputs<Tensor> inputs, Tensor sequences)
    {
        IReadOnlyList<Tensor> given = inputs.TensorsOf(InitialState);
        long batch = sequences.shape[0];
        _state?.RefuseBatch(batch);
        IReadOnlyList<Tensor> states = given.Count > 0 ? given : _state?.Copies() ?? Cell.GetInitialState(batch);
        return [.. states.Select(s => s.to(Cell.Dtype.ComputeType).to(sequences.device))];
    }

    private static Shape StepShape(Shape input) => new([input[0], .. input.From(2)]);

    private void RefuseInput(Shape input)
    {
        if (SequenceRank is int rank ? input.Rank != rank : input.Rank < 3)
        {
            throw new ArgumentException(
                $"{ClassName} '{Name}' takes sequences of {(SequenceRank is null ? "at least " : string.Empty)}3 axes (batch, steps, "
                    + $"features), but the input's shape is {input}."
            );
        }

        // Cells of one's own may take any features.
        if (SequenceRank is not null && Built && BuildShapes is [Shape built, ..] && input[2] is int width && width != built[2])
        {
            throw new ArgumentException(
                $"{ClassName} '{Name}' was built for sequences of shape {built}, but the input's shape is {input}."
            );
        }

        if (input[1] == 0 || (Unroll && input[1] is null))
        {
            string rule = Unroll ? "unrolls a known number of steps" : "takes sequences of at least one step";
            throw new ArgumentException(
                $"{ClassName} '{Name}' {rule}, but the input's shape is {input}. Give the steps: new Input(steps, features)."
            );
        }
    }
}
