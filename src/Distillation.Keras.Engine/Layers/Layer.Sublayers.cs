using Distillation.Keras.State;

namespace Distillation.Keras.Layers;

/// <content>The layers in a layer.</content>
public abstract partial class Layer
{
    private readonly List<Layer> _added = [];

    // Those of the layers that Keras keeps in attributes, which name their groups in files.
    private readonly List<(string Attribute, Layer Layer)> _attributes = [];

    // Known for good once the weights are there; until then the class may still make some.
    private volatile Layer[]? _sublayers;

    /// <summary>
    /// The layers in it, each once: those given to <see cref="AddLayer"/>, then those in the fields, properties and lists of a class of
    /// one's own, as declared. A model's are its layers.
    /// </summary>
    /// <exception cref="InvalidOperationException">Two layers keep each other.</exception>
    public virtual IReadOnlyList<Layer> Sublayers => _sublayers ?? SublayerSearch.Of(this, _added);

    /// <summary>The layers that it keeps, one that it is part of among them.</summary>
    internal virtual IEnumerable<Layer> KeptLayers => _sublayers ?? _added.Concat(SublayerSearch.Kept(this));

    /// <summary>
    /// Makes a layer part of this one, where no field or list of the class holds it. To be called in the constructor or in
    /// <see cref="Build(Shape)"/>.
    /// </summary>
    /// <param name="layer">The layer.</param>
    /// <returns>The layer.</returns>
    /// <exception cref="InvalidOperationException">The weights are made already.</exception>
    protected TLayer AddLayer<TLayer>(TLayer layer)
        where TLayer : Layer
    {
        ArgumentNullException.ThrowIfNull(layer);
        if (_sublayers is not null)
        {
            throw new InvalidOperationException(
                $"The layers in a layer are known when its weights are made, but '{layer.Name}' was added to '{Name}' later. Call "
                    + "AddLayer in the constructor or in Build."
            );
        }

        if (!_added.Exists(l => ReferenceEquals(l, layer)))
        {
            _added.Add(layer);
        }

        return layer;
    }

    /// <summary>
    /// Makes the layer that an activation may be part of this one. To be called in the constructor; <see cref="BuildActivation"/> follows
    /// in
    /// <see cref="Build(Shape)"/>.
    /// </summary>
    /// <param name="activation">The activation.</param>
    /// <param name="attribute">The attribute in which Keras keeps it.</param>
    /// <returns>The activation.</returns>
    private protected ActivationFunction Owned(ActivationFunction activation, string attribute = "activation")
    {
        if (activation.Layer is Layer layer)
        {
            _attributes.Add((attribute, AddLayer(layer)));
        }

        return activation;
    }

    /// <summary>Makes the weights of the layer that an activation may be.</summary>
    /// <param name="activation">The activation.</param>
    /// <param name="shape">The shape of what it is applied to.</param>
    private protected static void BuildActivation(ActivationFunction activation, Shape shape) => activation.Layer?.EnsureBuilt([shape]);

    /// <summary>
    /// The layers in it under the names that files have for them, and whether a name is that of several. A layer may be found twice.
    /// </summary>
    internal virtual IEnumerable<(string Name, bool IsList, IReadOnlyList<Layer> Layers)> NamedSublayers
    {
        get
        {
            Layer[] listed = [.. _added.Except(_attributes.Select(a => a.Layer))];
            IEnumerable<(string, bool, IReadOnlyList<Layer>)> added = listed.Length > 0 ? [("layers", true, listed)] : [];
            return _attributes
                .Select(a => (a.Attribute, false, (IReadOnlyList<Layer>)[a.Layer]))
                .Concat(added)
                .Concat(SublayerSearch.Named(this));
        }
    }

    /// <summary>What its layers, and it, keep beside their weights that later calls depend on, taken down or put back.</summary>
    internal void Exchange(StateExchange state)
    {
        ExchangeState(state);
        IReadOnlyList<Layer> layers = Sublayers;
        for (int i = 0; i < layers.Count; i++)
        {
            layers[i].Exchange(state.In(Invariant($"{i}")));
        }
    }

    /// <summary>
    /// Takes down what it keeps itself, beside its weights and the layers in it, that later steps depend on, or puts that back, so that a
    /// fit which was interrupted goes on as if it had not been: random numbers of its own, optimizers of a step of its own. The base method
    /// does nothing.
    /// </summary>
    /// <param name="state">The part of the fit's state that is the layer's: <c>_calls = (int)state.Integer("calls", _calls);</c></param>
    protected internal virtual void ExchangeState(StateExchange state) { }

    /// <summary>Whether a layer is one of its own, as far as that is told without a search.</summary>
    internal bool IsKnownToHold(Layer layer) => _sublayers is not null && Array.Exists(_sublayers, l => ReferenceEquals(l, layer));

    /// <summary>Whether it, or a layer in it, has weights to make.</summary>
    internal bool MakesWeights => _traits.MakesWeights || Sublayers.Any(l => !l.Built && l.MakesWeights);

    private IReadOnlyList<Variable> WithSublayers(IReadOnlyList<Variable> own, Func<Layer, IEnumerable<Variable>> of) =>
        Sublayers is { Count: > 0 } layers ? [.. own.Concat(layers.SelectMany(of)).Distinct()] : own;
}
