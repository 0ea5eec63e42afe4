using Distillation.Keras.Backend;
using Distillation.Keras.Regularizers;
using Distillation.Keras.Saving;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>A step of a model: from one or several tensors to one or several, with weights of its own.</summary>
/// <remarks>
/// <para>
/// To write one with one input, override <see cref="Forward"/>. Weights are made in <see cref="Build(Shape)"/> with
/// <see cref="AddWeight"/>; layers that it keeps in fields, properties or lists are its own: they are trained, counted, cloned and saved
/// with it. Its output's shape is found by trying it on zeros, unless <see cref="ComputeOutputShape(Shape)"/> says it. For several inputs
/// or outputs, masks or arguments by name, override <see cref="ForwardAll"/> instead. Constructor arguments are kept in properties of the
/// same name in PascalCase.
/// </para>
/// <para>
/// Not thread-safe. Its weights belong to it; a layer is not disposable (<see cref="Model.Release"/> releases a whole model's weights,
/// otherwise the garbage collector does). Source: <c>keras/src/layers/layer.py</c>.
/// </para>
/// </remarks>
public abstract partial class Layer : KerasObject, INamed, ITrainable, IBuildable, IPenalized<Regularizer>
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
    /// <param name="activity_regularizer">A penalty on what it computes: <see cref="ActivityRegularizer"/>.</param>
    /// <exception cref="ArgumentException">The name is empty or contains "/".</exception>
    protected Layer(string? name = null, bool trainable = true, DTypePolicy? dtype = null, Regularizer? activity_regularizer = null)
    {
        IsForeign = ForeignOutputs.AreMadeBy(this);
        Name = name is not null ? Checked(name) : Naming.Automatic(ClassName == "InputLayer" ? "input_layer" : ClassName);
        _isTrainable = trainable;
        Dtype = DTypePolicy.Floating(dtype, $"The layer '{Name}'");
        _activityRegularizer = activity_regularizer;
        _traits = LayerTraits.Of(GetType());
    }

    /// <summary>Its name.</summary>
    public string Name { get; private set; }

    /// <summary>The type of its weights and of its computation.</summary>
    public DTypePolicy Dtype { get; }

    /// <summary>Whether training changes its trainable weights. The value is set on the layers in it, too.</summary>
    public virtual bool Trainable
    {
        get => _isTrainable;
        set
        {
            _isTrainable = value;
            foreach (Variable variable in _trainable)
            {
                variable.RequireGradient(value && variable.Trainable);
            }

            foreach (Layer layer in Sublayers)
            {
                layer.Trainable = value;
            }
        }
    }

    /// <summary>Whether its weights were made.</summary>
    public bool Built
    {
        get => _isBuilt;
        private protected set => _isBuilt = value;
    }

    /// <summary>
    /// Its weights in Keras' order: its own trainable ones as made, then its statistics, then those of the layers in it, layer by layer.
    /// </summary>
    public IReadOnlyList<Variable> Weights => WithSublayers([.. _trainable, .. _nonTrainable], static l => l.Weights);

    /// <summary>The weights that training changes: none where <see cref="Trainable"/> is false.</summary>
    /// <remarks>
    /// What a layer within has is asked of that layer alone: one that is trainable in a frozen model is trained with a model around both.
    /// </remarks>
    public IReadOnlyList<Variable> TrainableWeights => _isTrainable ? Trained : [];

    /// <summary>The weights that gradients do not change.</summary>
    public IReadOnlyList<Variable> NonTrainableWeights => _isTrainable ? Fixed : Weights;

    /// <summary>The symbolic input of its first use in a model.</summary>
    /// <exception cref="InvalidOperationException">It was not used yet, or has several inputs.</exception>
    public virtual KerasTensor Input =>
        FirstNode.Inputs.Count == 1
            ? FirstNode.Inputs[0]
            : throw new InvalidOperationException($"The layer '{Name}' has {FirstNode.Inputs.Count} inputs; there is no single one.");

    /// <summary>The symbolic output of its first use in a model: what <c>new Model(model.Inputs, layer.Output)</c> takes.</summary>
    /// <exception cref="InvalidOperationException">It was not used yet, or has several outputs.</exception>
    public virtual KerasTensor Output =>
        FirstNode.Outputs.Count == 1
            ? FirstNode.Outputs[0]
            : throw new InvalidOperationException($"The layer '{Name}' has {FirstNode.Outputs.Count} outputs; there is no single one.");

    /// <summary>Its own weights, without those of the layers in it: trainable ones as made, then its statistics.</summary>
    internal IReadOnlyList<Variable> OwnWeights => [.. _trainable, .. _nonTrainable];

    internal override string Module => GetType().Assembly == typeof(Layer).Assembly ? "keras.layers" : base.Module;

    internal IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>Whether a user wrote what it computes.</summary>
    internal bool IsForeign { get; }

    /// <summary>The shapes that the weights were made for; empty before.</summary>
    internal IReadOnlyList<Shape> BuildShapes { get; private protected set; } = [];

    // Of those that were made to be trained.
    private IReadOnlyList<Variable> NotFrozen => HasFrozen ? [.. _trainable.Where(v => v.Trainable)] : _trainable;

    // Keras sets a flag of each weight where the flag of a layer is set, and the layers around it look at those.
    private IReadOnlyList<Variable> Trained => WithSublayers(_isTrainable ? NotFrozen : [], static l => l.Trained);

    private IReadOnlyList<Variable> Fixed =>
        WithSublayers(
            !_isTrainable ? [.. _trainable, .. _nonTrainable]
                : HasFrozen ? [.. _trainable.Where(v => !v.Trainable), .. _nonTrainable]
                : _nonTrainable,
            static l => l.Fixed
        );

    private bool HasFrozen => _trainable.Exists(v => !v.Trainable);

    private Node FirstNode =>
        _nodes is [Node first, ..]
            ? first
            : throw new InvalidOperationException(
                $"The layer '{Name}' is not part of a model yet: it has no input and no output. Call Apply(...) or add it to a "
                    + "Sequential with an Input."
            );

    /// <summary>Copies of the weights' values, in the order of <see cref="Weights"/>. The caller disposes them.</summary>
    public IReadOnlyList<NDArray> GetWeights() => [.. Weights.Select(w => TensorConversion.ToNDArray(w.Value))];

    /// <summary>Copies values into the weights.</summary>
    /// <param name="weights">One array for each weight, in the order of <see cref="Weights"/>.</param>
    /// <exception cref="ArgumentException">
    /// The number of arrays or a shape differs, one is null, or float64 beyond the range of the weight's type; nothing was changed then.
    /// </exception>
    /// <exception cref="ObjectDisposedException">An array was disposed.</exception>
    public void SetWeights(IReadOnlyList<NDArray> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        IReadOnlyList<Variable> own = Weights;
        if (own.Count != weights.Count)
        {
            throw new ArgumentException(
                $"'{Name}' has {own.Count} weights, but {weights.Count} arrays were "
                    + $"given{(Built ? "." : ": its weights are not made yet; give it an Input or call it first.")}",
                nameof(weights)
            );
        }

        for (int i = 0; i < own.Count; i++)
        {
            NDArray array =
                weights[i]
                ?? throw new ArgumentException(
                    Invariant($"The array {i} for the weights of '{Name}' is null; it is for {own[i].Path}, shape {own[i].Shape}."),
                    nameof(weights)
                );
            _ = TensorConversion.Memory(array);
            if (!own[i].Shape.ToSizes().AsSpan().SequenceEqual(array.shape))
            {
                throw new ArgumentException(
                    Invariant(
                        $"The weight {i} of '{Name}', {own[i].Path}, has the shape {own[i].Shape}, but the array's shape is "
                            + $"{Shape.FromSizes(array.shape)}."
                    ),
                    nameof(weights)
                );
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
    public long CountParams() =>
        Built
            ? Weights.Sum(w => w.Shape.ElementCount!.Value)
            : throw new InvalidOperationException(
                $"'{Name}' has no weights yet, as its input's shape is not known. Give the model an Input(...) or call it on data first."
            );

    /// <summary>
    /// The output's shape for an input's shape, both with the batch axis. Also the place where a layer refuses shapes. By default it is
    /// found by computing the layer on zeros.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// It is tried on zeros, but its weights are not made yet; or it has several outputs.
    /// </exception>
    public virtual Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        IReadOnlyList<Shape> shapes = OutputShapes([inputShape]);
        return shapes.Count == 1
            ? shapes[0]
            : throw new InvalidOperationException(
                $"'{Name}' has {shapes.Count} outputs: use ComputeOutputShapes, which returns the shapes of all."
            );
    }

    /// <summary>The outputs' shapes for the inputs' shapes, all with the batch axis.</summary>
    public virtual IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        if (inputShapes.Count != 1 && !_traits.TakesSeveral)
        {
            throw new ArgumentException(
                $"{ClassName} '{Name}' takes one input, but got {inputShapes.Count}: {string.Join(", ", inputShapes)}."
            );
        }

        return inputShapes.Count == 1 && _traits.SaysShape
            ?
            [
                ComputeOutputShape(inputShapes[0])
                    ?? throw new InvalidOperationException(
                        $"ComputeOutputShape gives the shape of the output, but that of '{Name}' ({ClassName}) gave null."
                    ),
            ]
            : ShapeTrial.Outputs(this, inputShapes);
    }

    /// <summary>The outputs' shapes as <see cref="ComputeOutputShapes"/> says them.</summary>
    /// <exception cref="InvalidOperationException">A class of a user's own says none.</exception>
    internal IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputShapes) =>
        ComputeOutputShapes(inputShapes) is { Count: > 0 } shapes && shapes.All(s => s is not null)
            ? shapes
            : throw new InvalidOperationException(
                $"ComputeOutputShapes gives the shape of each output, but that of '{Name}' ({ClassName}) gave null, none, or a list with "
                    + "null in it."
            );

    /// <summary>The outputs' shapes of a call, which may depend on its arguments.</summary>
    /// <param name="call">The call.</param>
    /// <param name="inputShapes">The shapes of its tensors, which are those of another call where a size was unknown.</param>
    internal virtual IReadOnlyList<Shape> OutputShapesFor<T>(LayerInputs<T> call, IReadOnlyList<Shape> inputShapes)
        where T : class => OutputShapes(inputShapes);

    /// <summary>Makes the weights for an input's shape (with the batch axis). Does nothing for a layer without weights.</summary>
    protected virtual void Build(Shape inputShape) { }

    /// <summary>Makes the weights of a layer with several inputs.</summary>
    protected virtual void BuildAll(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        Build(inputShapes[0]);
    }

    /// <summary>The weights that training changes and that have a penalty.</summary>
    internal IEnumerable<Variable> RegularizedWeights => TrainableWeights.Where(w => w.Regularizer is not null);

    /// <summary>The weights that a training which goes through the layer changes, statistics among them.</summary>
    internal IEnumerable<Variable> ChangingWeights =>
        WithSublayers(_isTrainable ? [.. NotFrozen, .. _nonTrainable] : [], static l => l.ChangingWeights);

    /// <summary>
    /// Whether Keras counts the layer as built from the start, as it has no weights: then it writes no shape to build it for.
    /// </summary>
    internal virtual bool BuildsAtInit => false;

    /// <summary>Whether what it makes of a row depends on the other rows of the batch, or on their number.</summary>
    /// <param name="training">The mode.</param>
    internal virtual bool MixesRows(bool training) => IsForeign || (training && _nonTrainable.Count > 0);

    /// <summary>The type of the outputs; that of the layer unless it passes its input through.</summary>
    private protected virtual string OutputDType(IReadOnlyList<KerasTensor> inputs) =>
        KeepsIntegers && !inputs[0].IsFloating ? inputs[0].DType : Dtype.ComputeName;

    /// <summary>The type of each output, where they are not all of one.</summary>
    private protected virtual IReadOnlyList<string>? OutputDTypes(LayerInputs<KerasTensor>? inputs) => null;

    /// <summary>Whether inputs that are not floating-point numbers keep their type: layers that only move values.</summary>
    private protected virtual bool KeepsIntegers => false;

    /// <summary>
    /// Whether it computes on whole numbers where all its inputs are such, because nothing makes fractions of them. As in Keras the
    /// symbolic output is one of floating-point numbers all the same.
    /// </summary>
    /// <param name="training">The mode.</param>
    private protected virtual bool ComputesIntegers(bool training) => false;

    /// <summary>Whether of whole numbers it makes whole numbers in every mode.</summary>
    internal bool KeepsWholeNumbers => KeepsIntegers || (ComputesIntegers(training: false) && ComputesIntegers(training: true));

    /// <summary>Frees what it holds beside weights; it may be used again.</summary>
    internal virtual void ReleaseState()
    {
        foreach (Layer layer in Sublayers)
        {
            layer.ReleaseState();
        }
    }

    /// <summary>Sets this layer's flag alone, not those of the layers in it.</summary>
    internal void SetOwnTrainable(bool trainable) => _isTrainable = trainable;
}
