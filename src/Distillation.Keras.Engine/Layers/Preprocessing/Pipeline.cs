using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Layers one after the other, as one layer: the augmentation of images, for instance.</summary>
/// <remarks>
/// Unlike a <see cref="Sequential"/> it is no model. As in Keras it is in training where it is called by itself, outside of a model, and
/// its configuration has its layers and its name alone. Source: <c>keras/src/layers/preprocessing/pipeline.py</c>.
/// </remarks>
public sealed class Pipeline : Layer
{
    /// <inheritdoc cref="Pipeline" path="/summary"/>
    /// <param name="layers">The layers in order, at least one, each with one input and one output.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <exception cref="ArgumentException">There is none, or one is null.</exception>
    public Pipeline(IEnumerable<Layer> layers, string? name = null)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(layers);
        Layers = [.. layers];
        if (Layers.Count == 0 || Layers.Contains(null!))
        {
            throw new ArgumentException(
                Layers.Count == 0
                    ? "A Pipeline has at least one layer, but the list is empty."
                    : "One of the layers of a Pipeline is null.",
                nameof(layers)
            );
        }
    }

    /// <summary>The layers in order.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Layer> Sublayers => Layers;

    internal override bool TrainsByDefault => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return Layers.Aggregate(inputShape, static (shape, layer) => layer.ComputeOutputShape(shape));
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Tensor x = input;
        foreach (Layer layer in Layers)
        {
            Tensor next = layer.Invoke([x], context)[0];
            if (!ReferenceEquals(x, input) && !ReferenceEquals(x, next) && !Logits.IsOf(next, x))
            {
                x.Dispose();
            }

            x = next;
        }

        return x;
    }

    /// <inheritdoc/>
    public override JsonObject GetConfig()
    {
        JsonObject config = base.GetConfig();
        config.Remove("trainable");
        return config;
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        Shape shape = inputShape;
        foreach (Layer layer in Layers)
        {
            _ = layer.EnsureBuilt([shape]);
            shape = layer.ComputeOutputShape(shape);
        }
    }

    // Each layer casts what it takes.
    private protected override Tensor Cast(Tensor input) => input;

    private protected override bool IsOfType(Tensor input) => true;
}
