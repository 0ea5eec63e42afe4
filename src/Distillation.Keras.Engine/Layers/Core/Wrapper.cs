namespace Distillation.Keras.Layers;

/// <summary>What layers share that make something else of one other layer: <c>SpectralNormalization</c> and the like.</summary>
/// <remarks>
/// <para>
/// The layer is its own: it is built, trained, counted, cloned and saved with it. To write one, override <see cref="Layer.Forward"/>, or
/// <see cref="Layer.ForwardAll"/>, call <see cref="Layer"/> there, and say the output's shape. A class whose layer sees other shapes than
/// its inputs' overrides <c>BuildAll</c>.
/// </para>
/// <para>Source: <c>keras/src/layers/core/wrapper.py</c>.</para>
/// </remarks>
public abstract class Wrapper : Layer
{
    /// <summary>For derived classes.</summary>
    /// <param name="layer">The layer, which is used nowhere else.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Whether training changes the weights.</param>
    /// <param name="dtype">The type of the computation, and of weights beside those of the layer.</param>
    /// <exception cref="ArgumentNullException"><paramref name="layer"/> is null.</exception>
    protected Wrapper(Layer layer, string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(name, trainable, dtype)
    {
        ArgumentNullException.ThrowIfNull(layer);
        Layer = AddLayer(layer);
    }

    /// <summary>The layer that it makes something else of.</summary>
    public Layer Layer { get; }

    /// <summary>In files it is called by what holds it, <c>layer</c>, whatever its class.</summary>
    internal override IEnumerable<(string Name, bool IsList, IReadOnlyList<Layer> Layers)> NamedSublayers =>
        [("layer", false, [Layer]), .. SublayerSearch.Named(this)];

    /// <inheritdoc/>
    protected override void BuildAll(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        Layer.EnsureBuilt(inputShapes, Device);
        base.BuildAll(inputShapes);
    }

    /// <summary>A layer that shares weights has one within that does.</summary>
    internal override void ShareWeightsOf(Layer source)
    {
        base.ShareWeightsOf(source);
        Layer.ShareWeightsOf(((Wrapper)source).Layer);
    }
}
