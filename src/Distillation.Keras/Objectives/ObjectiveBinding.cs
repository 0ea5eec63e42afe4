using Distillation.Keras.Backend;
using Distillation.Keras.Initializers;
using Distillation.Keras.Layers;
using Distillation.Keras.State;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>
/// Makes what an objective keeps during one fit. Weights made here are trained with the student and freed when the fit ends.
/// </summary>
/// <remarks>Belongs to the fit; not thread-safe.</remarks>
public sealed class ObjectiveBinding
{
    private readonly List<Variable> _variables = [];
    private readonly List<Variable> _own = [];
    private readonly List<Tensor> _kept = [];
    private readonly IReadOnlyList<Layer?> _teacherLayers;

    internal ObjectiveBinding(ObjectiveShapes shapes, DTypePolicy dtype, IReadOnlyList<Layer?>? teacherLayers = null, Device? device = null)
    {
        Device = device ?? Device.Cpu;
        Shapes = shapes;
        DType = dtype;
        _teacherLayers = teacherLayers ?? [];
    }

    /// <summary>The shapes of the fit.</summary>
    public ObjectiveShapes Shapes { get; internal set; }

    /// <summary>The type of weights and computation; to be given to layers as <c>dtype</c>.</summary>
    public DTypePolicy DType { get; }

    /// <summary>
    /// Where the fit computes: signals are there, and weights are made there. A tensor of one's own is, too: <c>zeros(3, device:
    /// binding.Device)</c>.
    /// </summary>
    public Device Device { get; }

    /// <summary>
    /// All weights made so far, those that gradients do not change too, in the order in which they were made; not those of layers that the
    /// fit does not train.
    /// </summary>
    public IReadOnlyList<Variable> Variables => _variables;

    /// <summary>Makes the weights of a layer. Compute it with <c>layer.Call(tensor, training)</c>.</summary>
    /// <param name="layer">A new layer.</param>
    /// <param name="inputShape">The shape of what it will be called on, with the batch axis.</param>
    /// <param name="trained">
    /// Whether the fit trains it with the student. Otherwise the fit only frees it: the objective trains it itself in
    /// <see cref="BoundObjective.Prepare"/>, or nobody does.
    /// </param>
    /// <returns>The layer.</returns>
    public TLayer AddLayer<TLayer>(TLayer layer, Shape inputShape, bool trained = true)
        where TLayer : Layer
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(inputShape);
        layer.EnsureBuilt([inputShape], Device);
        (trained ? _variables : _own).AddRange(layer.Weights);
        return layer;
    }

    /// <summary>
    /// Makes a variable in the fit's type and on its device, which is kept in a <c>FitState</c> and freed when the fit ends.
    /// </summary>
    /// <param name="name">A short name, such as <c>kernel</c>.</param>
    /// <param name="shape">Its shape, fully known.</param>
    /// <param name="initializer">What makes its first values.</param>
    /// <param name="trainable">Whether gradients change it; a memory bank is not trained.</param>
    public Variable AddVariable(string name, Shape shape, Initializer initializer, bool trainable = true)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(initializer);
        var variable = new Variable(initializer.Call(shape, DType.VariableType), name, trainable, device: Device);
        _variables.Add(variable);
        return variable;
    }

    /// <summary>Keeps a tensor that is no weight (a table of indices) until the fit ends, which frees it.</summary>
    /// <param name="tensor">A tensor that nobody else disposes.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public Tensor Keep(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        _kept.Add(TensorGuard.Alive(tensor).DetachFromDisposeScope());
        return tensor;
    }

    /// <summary>The teacher's layer of a pair of features, for its parameters. It is not to be changed.</summary>
    /// <param name="pair">The pair's place in <see cref="DistillationObjective.Features"/>.</param>
    /// <returns>The layer, or <see langword="null"/> where features are given without a model.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The objective has no such pair.</exception>
    public Layer? TeacherLayer(int pair) =>
        pair < 0 || pair >= Shapes.Features.Count
            ? throw new ArgumentOutOfRangeException(
                nameof(pair),
                pair,
                $"A pair is one of the {Shapes.Features.Count} features of the objective, from 0."
            )
        : pair < _teacherLayers.Count ? _teacherLayers[pair]
        : null;

    /// <summary>Takes over a weight, which is trained and freed with the others.</summary>
    internal void Adopt(Variable variable) => _variables.Add(variable);

    /// <summary>The values of all variables, taken down or put back.</summary>
    internal void Exchange(StateExchange state)
    {
        Variable[] all = [.. _variables, .. _own];
        for (int i = 0; i < all.Length; i++)
        {
            state.Values(Invariant($"{i}"), all[i]);
        }
    }

    internal void Release()
    {
        foreach (Variable variable in _variables.Concat(_own))
        {
            variable.Release();
        }

        foreach (Tensor tensor in _kept)
        {
            tensor.Dispose();
        }
    }
}
