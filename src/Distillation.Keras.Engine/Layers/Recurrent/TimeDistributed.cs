using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Computes a layer at each step of sequences, with the same weights.</summary>
/// <remarks>
/// <para>
/// Input (batch, steps, ...) of at least three axes, output (batch, steps, ...) of what the layer makes of (batch, ...). A mask of the
/// input goes to the layer, step by step, and on to the output.
/// </para>
/// <para>
/// Steps are computed at once, as more rows of one batch, where each row is computed by itself; and one after another where a batch
/// matters, as for <see cref="BatchNormalization"/> in training, and for layers of one's own. Source:
/// <c>keras/src/layers/rnn/time_distributed.py</c>.
/// </para>
/// </remarks>
public sealed class TimeDistributed : Wrapper
{
    /// <inheritdoc cref="TimeDistributed" path="/summary"/>
    /// <param name="layer">The layer, with one input and one output.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Whether training changes the weights.</param>
    /// <param name="dtype">The type of the outputs; the layer has its own.</param>
    public TimeDistributed(Layer layer, string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(layer, name, trainable, dtype) { }

    internal override bool MayMakeMasks => false;

    /// <summary>Always: the layer in it casts what it needs as numbers of its type.</summary>
    private protected override bool ComputesIntegers(bool training) => true;

    /// <inheritdoc/>
    protected internal override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        Shape output = Layer.ComputeOutputShape(StepShape(inputShape));
        return new Shape([inputShape[0], inputShape[1], .. output.From(1)]);
    }

    /// <inheritdoc/>
    protected override void BuildAll(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        Layer.EnsureBuilt([StepShape(inputShapes[0])], Device);
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context) => ForwardMasked(input, null!, context);

    /// <inheritdoc/>
    private protected override Tensor ForwardMasked(Tensor input, Tensor mask, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(context);
        if (mask is not null && (mask.dim() < 2 || mask.shape[0] != input.shape[0] || mask.shape[1] != input.shape[1]))
        {
            throw new ArgumentException(
                $"A mask says of each step what counts, (batch, steps, ...), but TimeDistributed '{Name}' got an input of shape "
                    + $"{Shape.FromSizes(input.shape)} with a mask of shape {Shape.FromSizes(mask.shape)}.",
                nameof(mask)
            );
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor output = RowsAreAlone(Layer, context) ? AtOnce(input, mask, context) : StepByStep(input, mask, context);
        return (output.is_floating_point() ? output.to(Dtype.ComputeType) : output).MoveToOuterDisposeScope();
    }

    private Tensor AtOnce(Tensor input, Tensor? mask, CallContext context)
    {
        long[] sizes = input.shape;
        Tensor rows = input.reshape([sizes[0] * sizes[1], .. sizes[2..]]);
        Tensor output = Step(rows, mask?.reshape([sizes[0] * sizes[1], .. mask.shape[2..]]), context);
        return output.reshape([sizes[0], sizes[1], .. output.shape[1..]]);
    }

    private Tensor StepByStep(Tensor input, Tensor? mask, CallContext context)
    {
        Tensor[]? masks = mask?.unbind(1);
        Tensor[] outputs = [.. input.unbind(1).Select((step, i) => Step(step, masks?[i], context))];
        return outputs.Length > 0
            ? stack(outputs, 1)
            : throw new ArgumentException($"TimeDistributed '{Name}' takes at least one step, but there is none.");
    }

    private Tensor Step(Tensor input, Tensor? mask, CallContext context)
    {
        var call = new LayerInputs<Tensor>(input);
        LayerOutputs outputs = Layer.Invoke(mask is null ? call : call.WithMasks([mask]), context);
        return outputs.Tensors.Count == 1
            ? outputs.Tensors[0]
            : throw new InvalidOperationException(
                Invariant($"TimeDistributed '{Name}' takes a layer with one output, but '{Layer.Name}' gives {outputs.Tensors.Count}.")
            );
    }

    // What computes each row by itself gives the same for all steps at once. Where something is added to the loss it is divided by the
    // rows.
    private static bool RowsAreAlone(Layer layer, CallContext context) =>
        !layer.MixesRows(context.Training)
        && !(context.Training && layer is Dropout { NoiseShape: not null })
        && !(context.WantsLosses && layer.ActivityRegularizer is not null)
        && layer.Sublayers.All(l => RowsAreAlone(l, context));

    private Shape StepShape(Shape input) =>
        input.Rank >= 3
            ? new Shape([input[0], .. input.From(2)])
            : throw new ArgumentException(
                $"TimeDistributed '{Name}' takes an input of at least 3 axes (batch, steps, ...), but its shape is {input}."
            );
}
