using Distillation.Keras.Backend;
using Distillation.Keras.Initializers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// Divides, before each call in training, the kernel of a layer by its largest singular value, as far as a few steps of the power iteration
/// find it.
/// </summary>
/// <remarks>
/// <para>
/// Inputs and outputs are those of the layer, which has a weight <c>kernel</c> or <c>embeddings</c>. Weight: <c>vector_u</c> (1, the
/// kernel's last axis), from which the next iteration goes on. The kernel itself becomes the divided one, so that the layer is called once
/// within what gradients are taken of. A kernel of zeros stays as it is.
/// </para>
/// <para>
/// Source: <c>keras/src/layers/normalization/spectral_normalization.py</c>; Miyato et al., arXiv 1802.05957.
/// </para>
/// </remarks>
public sealed class SpectralNormalization : Wrapper
{
    private const double LeastLength = 1e-7;

    private Variable? _kernel;
    private Variable? _vectorU;

    /// <inheritdoc cref="SpectralNormalization" path="/summary"/>
    /// <param name="layer">The layer: <c>Dense</c>, a convolution, <c>Embedding</c>.</param>
    /// <param name="power_iterations">How many steps a call takes; positive.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Whether training changes the weights.</param>
    /// <param name="dtype">The type of the vector.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="power_iterations"/> is not positive.</exception>
    public SpectralNormalization(
        Layer layer,
        int power_iterations = 1,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(layer, name, trainable, dtype) => PowerIterations = Arguments.AtLeast(1, power_iterations);

    /// <summary>How many steps a call takes.</summary>
    public int PowerIterations { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return ComputeOutputShapes([inputShape])[0];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        return Layer.OutputShapes(inputShapes);
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        _kernel = AdoptWeight(
            Layer.OwnWeights.FirstOrDefault(static w => w.Name is "kernel" or "embeddings")
                ?? throw new ArgumentException(
                    $"SpectralNormalization '{Name}' divides a weight called kernel or embeddings, but the {Layer.ClassName} "
                        + $"'{Layer.Name}' has "
                        + $"{(Layer.OwnWeights is { Count: > 0 } own ? string.Join(", ", own.Select(w => w.Name)) : "none")}. "
                        + "Wrap a layer that has one, such as Dense or Conv2D."
                )
        );
        _vectorU = AddWeight("vector_u", (1, _kernel.Shape.Known(-1, Name)), new TruncatedNormal(stddev: 0.02), trainable: false);
    }

    internal override bool? TrainingInKeras => false;

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Tensor> ForwardAll(LayerInputs<Tensor> inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(context);
        if (context.Training)
        {
            Divide(_kernel!.Value, _vectorU!.Value);
        }

        IReadOnlyList<Tensor> outputs = Layer.Invoke(inputs, context).Tensors;
        return outputs.Count == 1 && outputs[0].dtype != Dtype.ComputeType ? [outputs[0].to(Dtype.ComputeType)] : outputs;
    }

    // What a layer within takes as it is, indices, it gets so.
    private protected override bool IsOfType(Tensor input) => base.IsOfType(input) || !input.is_floating_point();

    private void Divide(Tensor kernel, Tensor u)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Tensor matrix = kernel.reshape(-1, kernel.shape[^1]).to(u.dtype);
        Tensor next = u;
        Tensor v = u;
        for (int i = 0; i < PowerIterations; i++)
        {
            v = Normalized(next.matmul(matrix.t()));
            next = Normalized(v.matmul(matrix));
        }

        Tensor sigma = v.matmul(matrix).matmul(next.t()).reshape([]);
        Tensor isZero = kernel.eq(zeros_like(kernel)).all();
        u.copy_(where(isZero, u, next));
        kernel.copy_(where(isZero, kernel, kernel.div(sigma.to(kernel.dtype))));
    }

    private static Tensor Normalized(Tensor row) => row.mul(row.Squared().sum().rsqrt().AtMost(1 / LeastLength));
}
