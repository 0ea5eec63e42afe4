using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <content>Calls: on tensors, and symbolically in a model's graph.</content>
public abstract partial class Layer
{
    private readonly LayerTraits _traits;

    /// <summary>
    /// Whether masks that come with its inputs go on to its outputs, as where each row stays what it is. <see cref="ComputeMask"/> says it
    /// in more detail.
    /// </summary>
    protected internal virtual bool SupportsMasking => false;

    /// <summary>
    /// The names of the arguments that it takes beside its inputs, masks and <c>training</c>: <c>"initial_state"</c>. None by default;
    /// others are refused.
    /// </summary>
    protected internal virtual IReadOnlyList<string> CallArguments => [];

    /// <summary>
    /// Whether its inputs are strings, or may be. By default it refuses them: what stands for a string in a tensor is nothing to compute
    /// with. See <see cref="Strings.ToTensor"/>.
    /// </summary>
    protected internal virtual bool TakesStrings => false;

    /// <summary>
    /// The names of its inputs, where each is an argument of its own (<c>query</c>, <c>value</c>); empty where they are one argument.
    /// </summary>
    internal virtual IReadOnlyList<string> InputNames => [];

    /// <summary>Which parts of the contract its class has written.</summary>
    private protected LayerTraits Traits => _traits;

    /// <summary>Whether it says its outputs' shapes; otherwise it is tried on zeros.</summary>
    internal virtual bool SaysShape => _traits.SaysShape || _traits.SaysShapes;

    /// <summary>Whether it trains in a call that does not say its mode.</summary>
    internal virtual bool TrainsByDefault => false;

    /// <summary>
    /// The default of <c>training</c> in Keras' call of it, which Keras notes at each symbolic use and the mode of the model takes the
    /// place of; <see langword="null"/> where it has none.
    /// </summary>
    internal virtual bool? TrainingInKeras => TrainsByDefault ? true : null;

    /// <summary>Whether it may make masks where its inputs have none.</summary>
    internal virtual bool MayMakeMasks => _traits.MakesMasks;

    /// <summary>Whether logits are kept behind their probabilities.</summary>
    internal static bool KeepsLogits => is_grad_enabled() || CurrentDisposeScope is not null;

    /// <summary>Whether its outputs may be probabilities of which its inputs are the logits.</summary>
    internal virtual bool MakesProbabilities => false;

    /// <summary>Uses the layer symbolically on one tensor.</summary>
    /// <param name="input">The input.</param>
    /// <param name="training">
    /// Fixes the mode of this use (<c>teacher.Apply(x, training: false)</c>); by default that of the whole call.
    /// </param>
    /// <returns>The output.</returns>
    /// <exception cref="ArgumentException">The shape does not fit; the message gives the rule.</exception>
    public KerasTensor Apply(KerasTensor input, bool? training = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Single(ApplyNode(new LayerInputs<KerasTensor>(input).WithTraining(training)));
    }

    /// <summary>Uses the layer symbolically on several tensors: <c>new Concatenate().Apply(a, b)</c>.</summary>
    /// <exception cref="ArgumentException">A shape does not fit; the message gives the rule.</exception>
    public KerasTensor Apply(params KerasTensor[] inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return Single(ApplyNode(new LayerInputs<KerasTensor>((IEnumerable<KerasTensor>)inputs)));
    }

    /// <summary>Uses a layer or model with several outputs symbolically.</summary>
    /// <exception cref="ArgumentException">A shape does not fit; the message gives the rule.</exception>
    public IReadOnlyList<KerasTensor> ApplyAll(params KerasTensor[] inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return ApplyNode(new LayerInputs<KerasTensor>(inputs)).Outputs;
    }

    /// <summary>Uses the layer symbolically on tensors with masks and arguments by name.</summary>
    /// <param name="inputs">Tensors, masks and arguments of the model.</param>
    /// <returns>The outputs.</returns>
    /// <exception cref="ArgumentException">
    /// A shape does not fit, or the layer has no argument of a name; the message gives the rule.
    /// </exception>
    public IReadOnlyList<KerasTensor> ApplyAll(LayerInputs<KerasTensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return ApplyNode(inputs).Outputs;
    }

    /// <summary>
    /// Computes the layer on a tensor. The weights are made first if they are not there, on the device of the tensor unless a model was
    /// moved to another one.
    /// </summary>
    /// <param name="input">Batch first, on the device of the weights.</param>
    /// <param name="training">
    /// Whether dropout drops and BatchNormalization uses the batch; by default as the layer whose <see cref="Forward"/> makes the call, and
    /// outside of any no. As in Keras, random layers for images then change them all the same, also within a model that is called so.
    /// </param>
    /// <returns>
    /// A tensor that the caller (or the dispose scope that is open) owns; a layer that changes nothing returns its input.
    /// </returns>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    public Tensor Call(Tensor input, bool? training = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        IReadOnlyList<Tensor> outputs = CallAll([input], training);
        return outputs.Count == 1
            ? outputs[0]
            : throw new InvalidOperationException($"'{Name}' has {outputs.Count} outputs: use CallAll, which returns them all.");
    }

    /// <summary>Computes the layer on several tensors.</summary>
    /// <param name="inputs">Batch first, in the order of the inputs.</param>
    /// <param name="training">Whether dropout drops and BatchNormalization uses the batch; by default as in <see cref="Call"/>.</param>
    public IReadOnlyList<Tensor> CallAll(IReadOnlyList<Tensor> inputs, bool? training = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        LayerOutputs outputs = CallAll(new LayerInputs<Tensor>(inputs.ToArray()).WithTraining(training));
        outputs.DisposeMasks(inputs);
        return outputs.Tensors;
    }

    /// <summary>Computes the layer on tensors with masks and arguments by name.</summary>
    /// <param name="inputs">Tensors, batch first, with their masks and arguments.</param>
    /// <returns>The outputs with their masks.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, or the layer has no argument of a name.</exception>
    public LayerOutputs CallAll(LayerInputs<Tensor> inputs) => CallAll(inputs, null);

    /// <summary>
    /// Computes the layer, and what it and the layers in it add to the loss: the penalties of their <see cref="ActivityRegularizer"/>, as a
    /// training loop of one's own needs.
    /// </summary>
    /// <param name="inputs">Tensors, batch first, with their masks and arguments.</param>
    /// <param name="losses">
    /// Gets a scalar with a gradient for each output with a penalty, which the caller, or the dispose scope that is open, owns. Without it
    /// none is computed.
    /// </param>
    /// <returns>The outputs with their masks.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, or the layer has no argument of a name.</exception>
    public LayerOutputs CallAll(LayerInputs<Tensor> inputs, ICollection<Tensor>? losses)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        foreach (Tensor tensor in inputs.All)
        {
            if (StringTensors.Are(TensorGuard.Alive(tensor)))
            {
                RefuseStrings(areStrings: true);
            }
            else
            {
                TensorGuard.Real(tensor, inputs.Tensors.Count == 1 ? null : nameof(inputs));
            }
        }

        CheckArguments(inputs);
        inputs = Arranged(inputs);
        Shape[] shapes = [.. inputs.Tensors.Select(t => Shape.FromSizes(t.shape))];
        using Attempt attempt = new Attempt().OnRefusal(IsBuiltToStay() ? null : EnsureBuilt(shapes, Device.Of(inputs.Tensors[0])));
        if (SaysShape)
        {
            foreach (Shape output in OutputShapesFor(inputs, shapes))
            {
                SystemMemory.Require($"An output of the {ClassName} '{Name}',", output, Dtype.ComputeType, beside: inputs.Tensors[0]);
            }
        }

        LayerCalls.RefuseFromWithin(this);
        CheckValues(inputs.Tensors);
        CallContext? around = LayerCalls.Current;
        using CallContext? own = around is null ? CallContext.WithoutMode() : null;
        CallContext context = own ?? around!;
        LayerOutputs outputs = Invoke(inputs, losses is null ? context : context.WithLosses(losses));
        attempt.Accept();
        return outputs;
    }

    /// <summary>Computes a layer with one input.</summary>
    /// <param name="input">Batch first, in the layer's type, of a shape that <see cref="ComputeOutputShape(Shape)"/> accepts.</param>
    /// <param name="context">The mode and the random numbers of the call.</param>
    protected internal virtual Tensor Forward(Tensor input, CallContext context) =>
        throw new NotSupportedException(
            $"{GetType().Name} computes nothing: a layer overrides Forward or, for several inputs, outputs, masks or arguments, ForwardAll."
        );

    /// <summary>Computes a layer with several inputs or outputs, masks or arguments by name.</summary>
    /// <param name="inputs">Tensors in the layer's type, with their masks and arguments.</param>
    /// <param name="context">The mode and the random numbers of the call.</param>
    /// <returns>The outputs in order.</returns>
    protected internal virtual IReadOnlyList<Tensor> ForwardAll(LayerInputs<Tensor> inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return [inputs.Mask(0) is Tensor mask ? ForwardMasked(inputs.Tensors[0], mask, context) : Forward(inputs.Tensors[0], context)];
    }

    /// <summary>Computes a layer with one input that has a mask; most compute every row alike.</summary>
    private protected virtual Tensor ForwardMasked(Tensor input, Tensor mask, CallContext context) => Forward(input, context);

    /// <summary>
    /// A weight as <see cref="Forward"/> computes with it: in the type of computation of <see cref="Dtype"/>. Where that is the type of the
    /// weight (always, but for mixed policies) it is the weight's own tensor.
    /// </summary>
    /// <param name="weight">A weight of this layer.</param>
    /// <returns>
    /// The weight's tensor, which is not to be changed here, or a copy in the other type, through which gradients go and which the open
    /// dispose scope owns.
    /// </returns>
    protected Tensor Autocast(Variable weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        return Dtype.IsMixed ? weight.Value.to(Dtype.ComputeType) : weight.Value;
    }

    /// <summary>The masks of the outputs: bool, (batch, ...), which rows or tokens count.</summary>
    /// <param name="inputs">What the layer was called with.</param>
    /// <returns>
    /// One for each output, <see langword="null"/> where it has none; empty where none has. By default the first input's, where the layer
    /// <see cref="SupportsMasking"/>.
    /// </returns>
    protected internal virtual IReadOnlyList<Tensor?> ComputeMask(LayerInputs<Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return SupportsMasking && inputs.Mask(0) is Tensor mask ? [mask] : [];
    }

    /// <summary>Computes the layer on inputs whose shapes were checked before: the step of a model.</summary>
    internal LayerOutputs Invoke(LayerInputs<Tensor> inputs, CallContext context)
    {
        CallContext own = context.For(this, inputs.Training);
        LayerInputs<Tensor> cast =
            inputs.Arguments.Count == 0 && (AreOfType(inputs.Tensors) || StayIntegers(inputs.Tensors, own.Training))
                ? inputs
                : Cast(inputs);
        LayerCalls.Enter(this, own);
        try
        {
            LayerOutputs outputs = Run(cast, own);
            if (IsForeign)
            {
                ForeignOutputs.Check(this, outputs.Tensors);
            }

            if (own.WantsLosses && _activityRegularizer is not null && PenaltyIsOfOutputs)
            {
                LeavePenalties(outputs.Tensors, own);
            }

            if (!ReferenceEquals(cast, inputs))
            {
                DisposeCasts([.. inputs.All], [.. cast.All], outputs.Tensors);
            }

            return outputs;
        }
        catch (Exception e) when (NativeFailure.Is(e))
        {
            throw LayerCalls.Failed(this, inputs.Tensors, e);
        }
        finally
        {
            LayerCalls.Leave();
        }
    }

    /// <summary>Computes the outputs on plain tensors, without masks and arguments.</summary>
    internal IReadOnlyList<Tensor> Invoke(Tensor[] inputs, CallContext context) => Invoke(new LayerInputs<Tensor>(inputs), context).Tensors;

    /// <summary>Computes outputs and masks.</summary>
    private protected virtual LayerOutputs Run(LayerInputs<Tensor> inputs, CallContext context)
    {
        IReadOnlyList<Tensor> outputs = ForwardAll(inputs, context);
        IReadOnlyList<Tensor?> masks = inputs.HasMasks || MayMakeMasks ? ComputeMask(inputs) : [];
        if (IsForeign && _traits.MakesMasks)
        {
            ForeignOutputs.CheckMasks(this, outputs, masks);
        }

        return new LayerOutputs(outputs, masks);
    }

    /// <summary>Disposes what was cast for a call alone, but not where a layer handed it through.</summary>
    private protected static void DisposeCasts(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor> cast, IReadOnlyList<Tensor> outputs)
    {
        for (int i = 0; i < cast.Count; i++)
        {
            if (!ReferenceEquals(cast[i], inputs[i]) && !outputs.Holds(cast[i]) && !outputs.Any(o => Logits.IsOf(o, cast[i])))
            {
                cast[i].Dispose();
            }
        }
    }

    /// <summary>Applies an activation to a result that nobody else has, which is disposed unless a loss may ask for it.</summary>
    /// <remarks>
    /// A crossentropy looks for the logits of probabilities. They stay where somebody cleans up after them: the dispose scope that is open,
    /// or whoever records gradients. A prediction outside of both leaves nothing behind.
    /// </remarks>
    private protected static Tensor Activate(Tensor result, ActivationFunction activation)
    {
        Tensor activated = activation.Apply(result);
        if (!ReferenceEquals(activated, result) && !(Logits.IsOf(activated, result) && KeepsLogits))
        {
            result.Dispose();
        }

        return activated;
    }

    internal Node ApplyNode(LayerInputs<KerasTensor> inputs)
    {
        CheckArguments(inputs);
        foreach (KerasTensor tensor in inputs.All)
        {
            RefuseStrings(tensor.DType == StringTensors.Name);
        }

        inputs = Arranged(inputs);
        Shape[] shapes = [.. inputs.Tensors.Select(i => i.Shape)];
        CheckTypes(inputs.Tensors);
        using Attempt attempt = new Attempt().OnRefusal(EnsureBuilt(shapes, PlaceOf(inputs.Tensors)));
        Node node = AddNode(inputs, OutputShapesFor(inputs, shapes));
        attempt.Accept();
        return node;
    }

    /// <summary>Notes a use of the layer.</summary>
    /// <param name="inputs">What it is used on; <see langword="null"/> for an input, which is used on nothing.</param>
    /// <param name="outputShapes">The outputs' shapes.</param>
    internal Node AddNode(LayerInputs<KerasTensor>? inputs, IReadOnlyList<Shape> outputShapes)
    {
        var node = new Node(this, inputs, outputShapes, OutputDTypes(inputs) ?? [OutputDType(inputs?.Tensors ?? [])]);

        // Surgery uses the layers of a teacher, which several fits may have in common.
        lock (_gate)
        {
            _nodes = [.. _nodes, node];
        }

        return node;
    }

    // Keras casts floating-point inputs to the layer's type of computation; integers are cast where a layer needs it. Here a layer computes
    // in its type always.
    private protected virtual Tensor Cast(Tensor input) => IsOfType(input) ? input : input.to(Dtype.ComputeType);

    private protected virtual bool IsOfType(Tensor input) =>
        input.dtype == Dtype.ComputeType || StringTensors.Are(input) || ((KeepsIntegers || IsForeign) && !input.is_floating_point());

    private bool AreOfType(IReadOnlyList<Tensor> inputs)
    {
        for (int i = 0; i < inputs.Count; i++)
        {
            if (!IsOfType(inputs[i]))
            {
                return false;
            }
        }

        return true;
    }

    private bool StayIntegers(IReadOnlyList<Tensor> inputs, bool training) =>
        ComputesIntegers(training) && inputs.All(static t => t.is_integral() && t.dtype != ScalarType.Bool);

    private LayerInputs<Tensor> Cast(LayerInputs<Tensor> inputs)
    {
        // Masks stay what they are.
        Tensor?[]? masks = inputs.HasMasks ? [.. Enumerable.Range(0, inputs.Tensors.Count).Select(inputs.Mask)] : null;
        return masks is null ? inputs.Map(Cast) : inputs.WithMasks(new Tensor?[masks.Length]).Map(Cast).WithMasks(masks);
    }

    /// <summary>A call as the layer takes it; where it may be made in several ways, in one of them.</summary>
    /// <exception cref="ArgumentException">An argument by name does not fit.</exception>
    private protected virtual LayerInputs<T> Arranged<T>(LayerInputs<T> inputs)
        where T : class => inputs;

    private void CheckArguments<T>(LayerInputs<T> inputs)
        where T : class
    {
        if (inputs.Arguments.Count > 0 && inputs.Arguments.Keys.Except(CallArguments).FirstOrDefault() is string unknown)
        {
            throw new ArgumentException(
                $"The {ClassName} '{Name}' has no argument named '{unknown}'.{Nearest.Sentence(unknown, CallArguments)}",
                nameof(inputs)
            );
        }
    }

    private KerasTensor Single(Node node) =>
        node.Outputs.Count == 1
            ? node.Outputs[0]
            : throw new InvalidOperationException($"'{Name}' has {node.Outputs.Count} outputs: use ApplyAll, which returns them all.");
}
