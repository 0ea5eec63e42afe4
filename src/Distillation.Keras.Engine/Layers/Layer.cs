using Distillation.Keras.Backend;
using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Models;
using Distillation.Keras.Regularizers;
using Distillation.Keras.Saving;
using Distillation.Keras.Training;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>A step of a model: from one or several tensors to one or several, with weights of its own.</summary>
/// <remarks>
/// <para>
/// To write one, keep each constructor argument in a property of the same name in PascalCase, make the weights in
/// <see cref="Build(Shape)"/> with <see cref="AddWeight"/>, say the output's shape in <see cref="ComputeOutputShape(Shape)"/> and compute it in
/// <see cref="Forward"/>.
/// </para>
/// <para>
/// Not thread-safe. Its weights belong to it; a layer is not disposable (<see cref="Model.Release"/> releases a whole model's weights, otherwise
/// the garbage collector does). Source: <c>keras/src/layers/layer.py</c>.
/// </para>
/// </remarks>
public abstract partial class Layer : KerasObject, INamed
{
    private readonly List<Variable> _trainable = [];
    private readonly List<Variable> _nonTrainable = [];
    private readonly object _gate = new();
    private volatile Node[] _nodes = [];
    private volatile bool _isBuilt;
    private bool _isTrainable;

    /// <summary>For derived classes.</summary>
    /// <param name="name">Its name, unique in a model; by default made from the class name (<c>dense_1</c>).</param>
    /// <param name="trainable">Whether training changes its trainable weights.</param>
    /// <param name="dtype">The type of its weights and of its computation; float32 by default.</param>
    /// <exception cref="ArgumentException">The name is empty or contains "/".</exception>
    protected Layer(string? name = null, bool trainable = true, DTypePolicy? dtype = null)
    {
        Name = name is not null ? Checked(name) : Naming.Automatic(ClassName == "InputLayer" ? "input_layer" : ClassName);
        _isTrainable = trainable;
        Dtype = dtype ?? DTypePolicy.Float32;
        IsForeign = ForeignOutputs.AreMadeBy(this);
    }

    /// <summary>Its name.</summary>
    public string Name { get; private set; }

    /// <summary>The type of its weights and of its computation.</summary>
    public DTypePolicy Dtype { get; }

    /// <summary>Whether training changes its trainable weights. A model's value is set on all its layers.</summary>
    public virtual bool Trainable
    {
        get => _isTrainable;
        set
        {
            _isTrainable = value;
            foreach (Variable variable in _trainable)
            {
                variable.RequireGradient(value);
            }
        }
    }

    /// <summary>Whether its weights were made.</summary>
    public bool Built
    {
        get => _isBuilt;
        private protected set => _isBuilt = value;
    }

    /// <summary>Its weights in Keras' order: the trainable ones as made, then statistics; a model's, layer by layer.</summary>
    public virtual IReadOnlyList<Variable> Weights => [.. _trainable, .. _nonTrainable];

    /// <summary>The weights that training changes: none where <see cref="Trainable"/> is false.</summary>
    public virtual IReadOnlyList<Variable> TrainableWeights => _isTrainable ? _trainable : [];

    /// <summary>The weights that gradients do not change.</summary>
    public virtual IReadOnlyList<Variable> NonTrainableWeights => _isTrainable ? _nonTrainable : Weights;

    /// <summary>The symbolic input of its first use in a model.</summary>
    /// <exception cref="InvalidOperationException">It was not used yet, or has several inputs.</exception>
    public virtual KerasTensor Input => FirstNode.Inputs.Count == 1
        ? FirstNode.Inputs[0]
        : throw new InvalidOperationException($"The layer '{Name}' has {FirstNode.Inputs.Count} inputs; there is no single one.");

    /// <summary>The symbolic output of its first use in a model: what <c>new Model(model.Inputs, layer.Output)</c> takes.</summary>
    /// <exception cref="InvalidOperationException">It was not used yet, or has several outputs.</exception>
    public virtual KerasTensor Output => FirstNode.Outputs.Count == 1
        ? FirstNode.Outputs[0]
        : throw new InvalidOperationException($"The layer '{Name}' has {FirstNode.Outputs.Count} outputs; there is no single one.");

    internal override string Module => GetType().Assembly == typeof(Layer).Assembly ? "keras.layers" : base.Module;

    internal IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>Whether a user wrote what it computes.</summary>
    internal bool IsForeign { get; }

    /// <summary>The shapes that the weights were made for; empty before.</summary>
    internal IReadOnlyList<Shape> BuildShapes { get; private protected set; } = [];

    private Node FirstNode => _nodes is [Node first, ..]
        ? first
        : throw new InvalidOperationException($"The layer '{Name}' is not part of a model yet: it has no input and no output. Call Apply(...) or add it to a Sequential with an Input.");

    /// <summary>Uses the layer symbolically on one tensor.</summary>
    /// <param name="input">The input.</param>
    /// <param name="training">Fixes the mode of this use (<c>teacher.Apply(x, training: false)</c>); by default that of the whole call.</param>
    /// <returns>The output.</returns>
    /// <exception cref="ArgumentException">The shape does not fit; the message gives the rule.</exception>
    public KerasTensor Apply(KerasTensor input, bool? training = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Single(ApplyNode([input], training, isList: false));
    }

    /// <summary>Uses the layer symbolically on several tensors: <c>new Concatenate().Apply(a, b)</c>.</summary>
    /// <exception cref="ArgumentException">A shape does not fit; the message gives the rule.</exception>
    public KerasTensor Apply(params KerasTensor[] inputs) => Single(ApplyNode(inputs, null, isList: true));

    /// <summary>Uses a layer or model with several outputs symbolically.</summary>
    public IReadOnlyList<KerasTensor> ApplyAll(params KerasTensor[] inputs) => ApplyNode(inputs, null, isList: inputs.Length != 1).Outputs;

    /// <summary>Computes the layer on a tensor. The weights are made first if they are not there.</summary>
    /// <param name="input">Batch first.</param>
    /// <param name="training">Whether dropout drops and BatchNormalization uses the batch.</param>
    /// <returns>A tensor that the caller (or the dispose scope that is open) owns; a layer that changes nothing returns its input.</returns>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    public Tensor Call(Tensor input, bool training = false)
    {
        ArgumentNullException.ThrowIfNull(input);
        IReadOnlyList<Tensor> outputs = CallAll([input], training);
        return outputs.Count == 1
            ? outputs[0]
            : throw new InvalidOperationException($"'{Name}' has {outputs.Count} outputs: use CallAll, which returns them all.");
    }

    /// <summary>Computes the layer on several tensors.</summary>
    /// <param name="inputs">Batch first, in the order of the inputs.</param>
    /// <param name="training">Whether dropout drops and BatchNormalization uses the batch.</param>
    public IReadOnlyList<Tensor> CallAll(IReadOnlyList<Tensor> inputs, bool training = false)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        foreach (Tensor tensor in inputs)
        {
            ArgumentNullException.ThrowIfNull(tensor, nameof(inputs));
            TensorGuard.Data(tensor);
        }

        Shape[] shapes = [.. inputs.Select(t => Shape.FromSizes(t.shape))];
        using Attempt attempt = new Attempt().OnRefusal(EnsureBuilt(shapes));
        foreach (Shape output in ComputeOutputShapes(shapes))
        {
            SystemMemory.Require($"An output of the {ClassName} '{Name}',", output, Dtype.ScalarType);
        }

        LayerCalls.RefuseFromWithin(this);
        CheckValues(inputs);
        using var context = new CallContext(training);
        IReadOnlyList<Tensor> outputs = Invoke(inputs, context);
        attempt.Accept();
        return outputs;
    }

    /// <summary>Copies of the weights' values, in the order of <see cref="Weights"/>. The caller disposes them.</summary>
    public IReadOnlyList<NDArray> GetWeights() => [.. Weights.Select(w => TensorConversion.ToNDArray(w.Value))];

    /// <summary>Copies values into the weights.</summary>
    /// <param name="weights">One array for each weight, in the order of <see cref="Weights"/>.</param>
    /// <exception cref="ArgumentException">The number of arrays or a shape differs, one is null, or float64 beyond the range of the weight's type; nothing was changed then.</exception>
    /// <exception cref="ObjectDisposedException">An array was disposed.</exception>
    public void SetWeights(IReadOnlyList<NDArray> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        IReadOnlyList<Variable> own = Weights;
        if (own.Count != weights.Count)
        {
            throw new ArgumentException($"'{Name}' has {own.Count} weights, but {weights.Count} arrays were given{(Built ? "." : ": its weights are not made yet; give it an Input or call it first.")}", nameof(weights));
        }

        for (int i = 0; i < own.Count; i++)
        {
            NDArray array = weights[i] ?? throw new ArgumentException(Invariant($"The array {i} for the weights of '{Name}' is null; it is for {own[i].Path}, shape {own[i].Shape}."), nameof(weights));
            _ = TensorConversion.Memory(array);
            if (!own[i].Shape.ToSizes().AsSpan().SequenceEqual(array.shape))
            {
                throw new ArgumentException(Invariant($"The weight {i} of '{Name}', {own[i].Path}, has the shape {own[i].Shape}, but the array's shape is {Shape.FromSizes(array.shape)}."), nameof(weights));
            }
        }

        // All are read and checked before the first is written.
        using DisposeScope scope = NewDisposeScope();
        Tensor[] values = [.. weights.Select((w, i) => own[i].Checked(TensorConversion.ToTensor(w)))];
        for (int i = 0; i < own.Count; i++)
        {
            own[i].Assign(values[i]);
        }
    }

    /// <summary>The number of scalars in its weights.</summary>
    /// <exception cref="InvalidOperationException">The weights are not made yet.</exception>
    public long CountParams() => Built
        ? Weights.Sum(w => w.Shape.ElementCount!.Value)
        : throw new InvalidOperationException($"'{Name}' has no weights yet, as its input's shape is not known. Give the model an Input(...) or call it on data first.");

    /// <summary>The output's shape for an input's shape, both with the batch axis. Also the place where a layer refuses shapes.</summary>
    public abstract Shape ComputeOutputShape(Shape inputShape);

    /// <summary>The outputs' shapes for the inputs' shapes, all with the batch axis.</summary>
    public virtual IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        return inputShapes.Count == 1
            ? [ComputeOutputShape(inputShapes[0])]
            : throw new ArgumentException($"{ClassName} '{Name}' takes one input, but got {inputShapes.Count}: {string.Join(", ", inputShapes)}.", nameof(inputShapes));
    }

    /// <summary>Makes the weights for an input's shape (with the batch axis). Does nothing for a layer without weights.</summary>
    protected virtual void Build(Shape inputShape)
    {
    }

    /// <summary>Makes the weights of a layer with several inputs.</summary>
    protected virtual void BuildAll(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        Build(inputShapes[0]);
    }

    /// <summary>Computes a layer with one input.</summary>
    /// <param name="input">Batch first, in the layer's type, of a shape that <see cref="ComputeOutputShape(Shape)"/> accepts.</param>
    /// <param name="context">The mode and the random numbers of the call.</param>
    protected internal abstract Tensor Forward(Tensor input, CallContext context);

    /// <summary>Computes a layer with several inputs or outputs.</summary>
    protected internal virtual IReadOnlyList<Tensor> ForwardAll(IReadOnlyList<Tensor> inputs, CallContext context) => [Forward(inputs[0], context)];

    /// <summary>Computes the layer on inputs whose shapes were checked before: the step of a model.</summary>
    internal IReadOnlyList<Tensor> Invoke(IReadOnlyList<Tensor> inputs, CallContext context)
    {
        Tensor[] cast = new Tensor[inputs.Count];
        for (int i = 0; i < cast.Length; i++)
        {
            cast[i] = Cast(inputs[i]);
        }

        RefuseHeldLayers();
        LayerCalls.Enter(this);
        try
        {
            IReadOnlyList<Tensor> outputs = ForwardAll(cast, context);
            if (IsForeign)
            {
                ForeignOutputs.Check(this, outputs);
            }

            DisposeCasts(inputs, cast, outputs);
            return outputs;
        }
        finally
        {
            LayerCalls.Leave();
        }
    }

    /// <summary>Disposes what was cast for a call alone, but not where a layer handed it through.</summary>
    private protected static void DisposeCasts(IReadOnlyList<Tensor> inputs, Tensor[] cast, IReadOnlyList<Tensor> outputs)
    {
        for (int i = 0; i < cast.Length; i++)
        {
            if (!ReferenceEquals(cast[i], inputs[i]) && !outputs.Holds(cast[i]) && !outputs.Any(o => Logits.IsOf(o, cast[i])))
            {
                cast[i].Dispose();
            }
        }
    }

    /// <summary>Applies an activation to a result that nobody else has, which is disposed unless a loss may ask for it.</summary>
    /// <remarks>
    /// A crossentropy looks for the logits of probabilities. They stay where somebody cleans up after them: the dispose scope that is open, or whoever
    /// records gradients. A prediction outside of both leaves nothing behind.
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

    /// <summary>Whether logits are kept behind their probabilities.</summary>
    internal static bool KeepsLogits => is_grad_enabled() || CurrentDisposeScope is not null;

    /// <summary>Whether its outputs may be probabilities of which its inputs are the logits.</summary>
    internal virtual bool MakesProbabilities => false;

    /// <summary>The penalties of its weights, each a scalar with a gradient.</summary>
    internal virtual IEnumerable<Variable> RegularizedWeights => TrainableWeights.Where(w => w.Regularizer is not null);

    /// <summary>The weights that a training which goes through the layer changes, statistics among them.</summary>
    internal virtual IEnumerable<Variable> ChangingWeights => Trainable ? Weights : [];

    /// <summary>Whether Keras counts the layer as built from the start, as it has no weights: then it writes no shape to build it for.</summary>
    internal virtual bool BuildsAtInit => false;

    internal Node ApplyNode(IReadOnlyList<KerasTensor> inputs, bool? training, bool isList)
    {
        if (inputs.Count == 0)
        {
            throw new ArgumentException($"'{Name}' was applied to nothing: give it at least one tensor.", nameof(inputs));
        }

        Shape[] shapes = [.. inputs.Select(i => (i ?? throw new ArgumentNullException(nameof(inputs))).Shape)];
        CheckTypes(inputs);
        using Attempt attempt = new Attempt().OnRefusal(EnsureBuilt(shapes));
        Node node = AddNode(inputs, ComputeOutputShapes(shapes), training, isList);
        attempt.Accept();
        return node;
    }

    internal Node AddNode(IReadOnlyList<KerasTensor> inputs, IReadOnlyList<Shape> outputShapes, bool? training, bool isList)
    {
        var node = new Node(this, inputs, outputShapes, OutputDType(inputs), training, isList);

        // Surgery uses the layers of a teacher, which several fits may have in common.
        lock (_gate)
        {
            _nodes = [.. _nodes, node];
        }

        return node;
    }

    /// <summary>The type of the outputs; that of the layer unless it passes its input through.</summary>
    private protected virtual string OutputDType(IReadOnlyList<KerasTensor> inputs) =>
        KeepsIntegers && !inputs[0].DType.StartsWith("float", StringComparison.Ordinal) ? inputs[0].DType : Dtype.Name;

    /// <summary>Whether inputs that are not floating-point numbers keep their type: layers that only move values.</summary>
    private protected virtual bool KeepsIntegers => false;

    /// <summary>Frees what it holds beside weights; it may be used again.</summary>
    internal virtual void ReleaseState()
    {
    }

    /// <summary>Sets this layer's flag alone, not those of the layers in it.</summary>
    internal void SetOwnTrainable(bool trainable) => _isTrainable = trainable;

    private KerasTensor Single(Node node) => node.Outputs.Count == 1
        ? node.Outputs[0]
        : throw new InvalidOperationException($"'{Name}' has {node.Outputs.Count} outputs: use ApplyAll, which returns them all.");

    // Keras casts floating-point inputs to the layer's type; integers are cast where a layer needs it. Here a layer computes in its type always.
    private protected virtual Tensor Cast(Tensor input) =>
        input.dtype == Dtype.ScalarType || (KeepsIntegers && !input.is_floating_point()) ? input : input.to(Dtype.ScalarType);
}
