using Distillation.Keras.Layers;

namespace Distillation.Keras.Facade;

/// <summary>Keras' <c>keras</c>: models, and the modules that Keras has.</summary>
/// <remarks>Immutable and thread-safe. It has no logic of its own: parameters, defaults and errors are those of the classes.</remarks>
public sealed class KerasModule
{
    internal KerasModule()
    {
    }

    /// <summary><c>keras.layers</c>.</summary>
    public LayersModule layers { get; } = new();

    /// <summary><c>keras.losses</c>.</summary>
    public LossesModule losses { get; } = new();

    /// <summary><c>keras.metrics</c>.</summary>
    public MetricsModule metrics { get; } = new();

    /// <summary><c>keras.optimizers</c>.</summary>
    public OptimizersModule optimizers { get; } = new();

    /// <summary><c>keras.callbacks</c>.</summary>
    public CallbacksModule callbacks { get; } = new();

    /// <summary><c>keras.activations</c>.</summary>
    public ActivationsModule activations { get; } = new();

    /// <summary><c>keras.initializers</c>.</summary>
    public InitializersModule initializers { get; } = new();

    /// <summary><c>keras.constraints</c>.</summary>
    public ConstraintsModule constraints { get; } = new();

    /// <summary><c>keras.regularizers</c>.</summary>
    public RegularizersModule regularizers { get; } = new();

    /// <summary><c>keras.datasets</c>.</summary>
    public DatasetsModule datasets { get; } = new();

    /// <summary><c>keras.utils</c>.</summary>
    public UtilsModule utils { get; } = new();

    /// <inheritdoc cref="Layers.Input(Shape, int?, string?, string?)"/>
    public Input Input(Shape shape, int? batch_size = null, string? dtype = null, string? name = null) => new(shape, batch_size, dtype, name);

    /// <inheritdoc cref="Distillation.Keras.Model(KerasTensors, KerasTensors, string?)"/>
    public Model Model(KerasTensors inputs, KerasTensors outputs, string? name = null) => new(inputs, outputs, name);

    /// <inheritdoc cref="Distillation.Keras.Sequential(IEnumerable{Layer}?, string?, bool)"/>
    public Sequential Sequential(IEnumerable<Layer>? layers = null, string? name = null, bool trainable = true) => new(layers, name, trainable);

    /// <inheritdoc cref="Distillation.Keras.Sequential(Layer, Layer, Layer[])"/>
    public Sequential Sequential(Layer first, Layer second, params Layer[] more) => new(first, second, more);

    /// <inheritdoc cref="Distillation.Keras.Sequential(Layer, ReadOnlySpan{CSharpOnly})"/>
    public Sequential Sequential(Layer layer, params ReadOnlySpan<CSharpOnly> csharp) => new(layer);
}
